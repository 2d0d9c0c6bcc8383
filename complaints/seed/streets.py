"""What lies in the street: roads, light, water, waste, trees, traffic."""

from __future__ import annotations

from complaints.seed.shape import (
    DataType,
    Dimension,
    SeedCategory,
    SeedQuestion,
    Severity,
    days,
    minutes,
    words,
)

_ENV, _MEDIUM, _HEAVY = Dimension.ENVIRONMENT, Severity.MEDIUM, Severity.HEAVY
_ROADS = ("PUPR", "Bina Marga", "Pekerjaan Umum")
_WATER = ("SDA", "Sumber Daya Air", "PUPR", "Pekerjaan Umum")
_LIGHT = ("Dishub", "Perhubungan", "Perkim", "Perumahan")
_WASTE = ("DLH", "Lingkungan Hidup")
_DISASTER = ("BPBD", "Penanggulangan Bencana")
_TRAFFIC = ("Dishub", "Perhubungan")

_ROAD_LINE = SeedQuestion(
    "MARKA", DataType.ONE, "Apa warna garis tengah jalan?", "What colour is the centre line?",
    hint="Garis kuning biasanya jalan nasional, yang ditangani balai pusat.", public=True,
    values=(("kuning", "Kuning"), ("putih", "Putih"), ("tidak_ada", "Tidak ada garis"), ("lupa",
    "Tidak tahu")),
)  # fmt: skip
_WATER_HEIGHT = SeedQuestion(
    "TINGGI_AIR", DataType.ONE, "Setinggi apa airnya?", "How high is the water?", required=True, public=True,
    values=(
        ("mata_kaki", "Mata kaki"), ("betis", "Betis"), ("lutut", "Lutut"), ("pinggang", "Pinggang"),
        ("dada", "Dada atau lebih"),
    ),
)  # fmt: skip

ROADS = (
    SeedCategory(
        "JLN", "Jalan & jembatan", "Roads and bridges", agency_words=_ROADS, severity=_MEDIUM,
        policy=days(3, 5, 15),
    ),
    SeedCategory(
        "JLN-01", "Jalan rusak atau berlubang", "Damaged road or pothole", "JLN", _ROADS, severity=_MEDIUM,
        policy=days(3, 5, 7), proof_photo=True,
        keywords=words(
            "jalan rusak, jalan berlubang, jalan lubang, lubang, lubang jalan, lubang di jalan, jalan "
            "bolong, bolong, jalan hancur, jalan jelek, jalan butut, jalan ambles, jalan amblas, ambles, "
            "aspal, aspal mengelupas, aspal rusak, jalan bergelombang, jeglongan, jeblong, jalan becek, "
            "jalan berlumpur, dalan rusak, jalan retak, jalan tidak diaspal, jalan kabupaten rusak, paving "
            "rusak, polisi tidur"
        ),
        questions=(
            _ROAD_LINE,
            SeedQuestion(
                "UKURAN", DataType.ONE, "Seberapa besar kerusakannya?", "How large is the damage?",
                public=True,
                values=(("piring", "Sebesar piring"), ("meja", "Sebesar meja"), ("ruas",
                "Sepanjang ruas jalan")),
            ),
        ),
    ),
    SeedCategory(
        "JLN-02", "Trotoar rusak", "Damaged pavement", "JLN", _ROADS, policy=days(3, 5, 15), proof_photo=True,
        keywords=words(
            "trotoar, trotoar rusak, trotoar hancur, trotoar bolong, jalur pejalan kaki, pedestrian, "
            "guiding block, keramik trotoar"
        ),
    ),
    SeedCategory(
        "JLN-03", "Jembatan rusak", "Damaged bridge", "JLN", _ROADS, severity=_HEAVY, policy=days(1, 3, 15),
        proof_photo=True, duplicate_radius_m=500,
        keywords=words(
            "jembatan, jembatan rusak, jembatan putus, jembatan ambruk, jembatan goyang, jembatan gantung, "
            "jembatan lapuk, sasak, kreteg, jembatan penyeberangan, jpo"
        ),
    ),
    SeedCategory(
        "JLN-04", "Galian dan bekas proyek", "Roadworks left behind", "JLN", _ROADS, policy=days(3, 5, 7),
        proof_photo=True,
        keywords=words(
            "galian, bekas galian, galian kabel, galian pipa, galian proyek, proyek mangkrak, tanah "
            "galian, bongkaran jalan, proyek jalan, material proyek, galian belum ditutup"
        ),
    ),
)  # fmt: skip

LIGHT = (
    SeedCategory(
        "PJU", "Penerangan jalan", "Street lighting", agency_words=_LIGHT, policy=days(1, 2, 3)
    ),
    SeedCategory(
        "PJU-01", "Lampu jalan mati", "Street light out", "PJU", _LIGHT, policy=days(1, 2, 3),
        proof_photo=True,
        duplicate_radius_m=100,
        keywords=words(
            "lampu jalan, lampu jalan mati, lampu pju, pju, pju mati, lampu penerangan, penerangan jalan, "
            "lampu mati, lampu padam, lampu jalan padam, lampu tidak menyala, lampu tidak nyala, lampu "
            "pareum, pareum, lampu pejah, poek, peteng, gelap gulita, jalan gelap, lampu kedip, lampu "
            "berkedip, bohlam, lampu gang, teu hurung, lampu tiang, jalanan gelap"
        ),
        questions=(
            SeedQuestion(
                "TIANG", DataType.STRING, "Nomor pada tiang lampu", "Number on the lamp post",
                hint="Tertulis pada pelat atau cat di tiang, misalnya A17.", public=True,
            ),
            SeedQuestion(
                "JUMLAH", DataType.NUMBER, "Berapa lampu yang mati?", "How many lamps are out?", public=True
            ),
            SeedQuestion("SEJAK", DataType.DATETIME, "Sejak kapan?", "Since when?", public=True),
        ),
    ),
    SeedCategory(
        "PJU-02", "Tiang miring atau roboh", "Leaning or fallen post", "PJU", _LIGHT, severity=_MEDIUM,
        policy=days(1, 2, 3), proof_photo=True, duplicate_radius_m=100,
        keywords=words(
            "tiang miring, tiang lampu miring, tiang listrik miring, tiang roboh, tiang keropos, tiang "
            "doyong, tiang condong, tiang mau roboh, tiang telepon, tiang lampu, tiang berkarat, tiang"
        ),
        questions=(
            SeedQuestion("TIANG", DataType.STRING, "Nomor pada tiang", "Number on the post", public=True),
        ),
    ),
    SeedCategory(
        "PJU-03", "Kabel semrawut atau menjuntai", "Tangled or hanging cables", "PJU", _LIGHT,
        severity=_MEDIUM,
        policy=days(1, 2, 3),
        keywords=words(
            "kabel, kabel semrawut, kabel menjuntai, kabel putus, kabel kendor, kabel melintang, kabel "
            "wifi, kabel optik, kabel jatuh, kabel ngalewer, kabel rendah"
        ),
    ),
)  # fmt: skip

WATER = (
    SeedCategory(
        "DRN", "Drainase & banjir", "Drains and floods", agency_words=_WATER, severity=_MEDIUM,
        dimension=_ENV, policy=days(1, 2, 3),
    ),
    SeedCategory(
        "DRN-01", "Genangan air", "Standing water", "DRN", _WATER, dimension=_ENV, policy=days(1, 2, 3),
        keywords=words(
            "genangan, genangan air, air menggenang, tergenang, jalan tergenang, air tidak surut, "
            "kubangan, banyu nggenang, cai ngeyembeng, kalau hujan tergenang"
        ),
        questions=(_WATER_HEIGHT,),
    ),
    SeedCategory(
        "DRN-02", "Saluran mampet", "Blocked drain", "DRN", _WATER, dimension=_ENV, policy=days(1, 2, 3),
        proof_photo=True,
        keywords=words(
            "saluran mampet, saluran air, got, got mampet, selokan, selokan mampet, drainase, gorong "
            "gorong, gorong gorong mampet, mampet, tersumbat, saluran tersumbat, solokan, kalen, comberan, "
            "susukan, sungai dangkal, sedimentasi, pengerukan, irigasi, tutup got, got bau"
        ),
    ),
    SeedCategory(
        "DRN-03", "Banjir", "Flood", "DRN", (*_DISASTER, *_WATER), urgent=True, severity=_HEAVY,
        dimension=_ENV,
        policy=minutes(10, 30, 24 * 60), duplicate_radius_m=1000,
        keywords=words(
            "banjir, kebanjiran, banjir bandang, banjir rob, rob, caah, air masuk rumah, rumah terendam, "
            "terendam, air naik, air sungai meluap, sungai meluap, tanggul jebol, air setinggi lutut, air "
            "sepinggang, perahu karet, longsor, tanah longsor, butuh evakuasi, dievakuasi"
        ),
        questions=(
            _WATER_HEIGHT,
            SeedQuestion(
                "TERJEBAK", DataType.NUMBER, "Berapa orang yang terjebak?", "How many people are trapped?"
            ),
        ),
    ),
)  # fmt: skip

WASTE = (
    SeedCategory("SPH", "Sampah", "Waste", agency_words=_WASTE, dimension=_ENV, policy=days(1, 1, 3)),
    SeedCategory(
        "SPH-01", "Sampah menumpuk", "Piled-up waste", "SPH", _WASTE, dimension=_ENV, policy=days(1, 1, 1),
        proof_photo=True,
        keywords=words(
            "sampah, sampah menumpuk, tumpukan sampah, sampah numpuk, sampah belum diangkut, sampah tidak "
            "diangkut, truk sampah, tukang sampah, sampah berserakan, sampah bau, bak sampah penuh, tong "
            "sampah, runtah, uwuh, kontainer sampah, sampah pasar, sampah meluber, tps penuh"
        ),
        questions=(
            SeedQuestion(
                "JUMLAH", DataType.ONE, "Seberapa banyak?", "How much?", public=True,
                values=(("kantong", "Beberapa kantong"), ("gerobak", "Satu gerobak"), ("truk",
                "Satu truk atau lebih")),
            ),
        ),
    ),
    SeedCategory(
        "SPH-02", "Pembakaran sampah", "Burning of waste", "SPH", _WASTE, dimension=_ENV, policy=days(1, 1,
        1),
        keywords=words(
            "bakar sampah, membakar sampah, pembakaran sampah, sampah dibakar, asap sampah, asap bakaran, "
            "bakaran sampah, ngaduruk, asap pembakaran, bau asap, bakar plastik, membakar limbah"
        ),
    ),
    SeedCategory(
        "SPH-03", "Tempat buangan liar", "Illegal dump", "SPH", _WASTE, severity=_MEDIUM, dimension=_ENV,
        policy=days(1, 2, 3), proof_photo=True,
        keywords=words(
            "tps liar, buang sampah sembarangan, tempat sampah liar, pembuangan sampah liar, pembuangan "
            "liar, buang sampah di sungai, buang sampah ke sungai, buang limbah, limbah pabrik, limbah, "
            "lahan kosong jadi tempat sampah, sampah liar"
        ),
    ),
)  # fmt: skip

TREES = (
    SeedCategory(
        "PHN", "Pohon & taman", "Trees and parks", agency_words=_WASTE, dimension=_ENV, policy=days(3, 5, 7)
    ),
    SeedCategory(
        "PHN-01", "Pohon rawan tumbang", "Tree about to fall", "PHN", _WASTE, severity=_MEDIUM,
        dimension=_ENV,
        policy=days(1, 3, 7), proof_photo=True, duplicate_radius_m=100,
        keywords=words(
            "pohon, pohon rawan, rawan tumbang, mau tumbang, pohon miring, pohon lapuk, pohon keropos, "
            "pangkas pohon, pemangkasan pohon, pohon rimbun, dahan, ranting, pohon besar, tebang pohon, "
            "tangkal, pohon kena kabel, wit gedhe"
        ),
    ),
    SeedCategory(
        "PHN-02", "Pohon tumbang", "Fallen tree", "PHN", (*_DISASTER, *_WASTE), urgent=True, severity=_HEAVY,
        dimension=_ENV, policy=minutes(10, 30, 12 * 60),
        keywords=words(
            "pohon tumbang, pohon roboh, pohon rubuh, pohon ambruk, pohon menimpa, tertimpa pohon, pohon "
            "nutup jalan, dahan patah, pohon patah, pohon melintang, tangkal rubuh, wit ambruk, pohon "
            "tumbang menutup jalan"
        ),
        questions=(
            SeedQuestion(
                "AKIBAT", DataType.SEVERAL, "Apa yang terkena?", "What was hit?", public=True,
                values=(
                    ("jalan", "Jalan tertutup"), ("rumah", "Rumah"), ("kendaraan", "Kendaraan"),
                    ("kabel", "Kabel listrik"), ("orang", "Ada korban"),
                ),
            ),
        ),
    ),
    SeedCategory(
        "PHN-03", "Taman rusak", "Damaged park", "PHN", _WASTE, dimension=_ENV, policy=days(3, 5, 7),
        keywords=words(
            "taman, taman rusak, taman kota, taman bermain, ayunan rusak, alun alun, alun alun kotor, "
            "bangku taman, rumput taman, rth, mainan anak rusak, air mancur"
        ),
    ),
)  # fmt: skip

TRAFFIC = (
    SeedCategory(
        "LLN", "Lalu lintas & parkir", "Traffic and parking", agency_words=_TRAFFIC, policy=days(1, 1, 1)
    ),
    SeedCategory(
        "LLN-01", "Kemacetan", "Traffic jam", "LLN", _TRAFFIC, urgent=True, policy=minutes(10, 30, 4 * 60),
        duplicate_radius_m=1000, reopen_days=3,
        keywords=words(
            "macet, macet total, macet parah, kemacetan, kemacetan parah, tersendat, antrean kendaraan, "
            "lalu lintas padat, padat merayap, kendaraan tidak bergerak, jalan macet, arus lalu lintas, "
            "stuck"
        ),
    ),
    SeedCategory(
        "LLN-02", "Rambu dan lampu lalu lintas", "Signs and traffic lights", "LLN", _TRAFFIC,
        severity=_MEDIUM,
        policy=days(1, 1, 1), proof_photo=True,
        keywords=words(
            "rambu, rambu lalu lintas, lampu merah, lampu merah mati, traffic light, lampu lalu lintas, "
            "apill, bangjo, rambu hilang, rambu roboh, marka jalan, zebra cross, lampu setopan, setopan, "
            "stopan, cermin tikungan, palang kereta"
        ),
    ),
    SeedCategory(
        "LLN-03", "Parkir liar", "Illegal parking", "LLN", _TRAFFIC, policy=days(1, 1, 1),
        keywords=words(
            "parkir, parkir liar, parkir sembarangan, tukang parkir, juru parkir, jukir, jukir liar, "
            "parkir di trotoar, parkir di bahu jalan, markir, tarif parkir, karcis parkir, mobil parkir, "
            "truk parkir"
        ),
    ),
    SeedCategory(
        "LLN-04", "Angkot ngetem", "Public vans waiting in the road", "LLN", _TRAFFIC, policy=days(1, 1, 1),
        keywords=words(
            "angkot, angkot ngetem, ngetem, bus ngetem, elf ngetem, angkot berhenti sembarangan, ojek "
            "mangkal, terminal, terminal liar, trayek, tarif angkot, angkutan umum, angkutan"
        ),
    ),
)  # fmt: skip

STREETS = (*ROADS, *LIGHT, *WATER, *WASTE, *TREES, *TRAFFIC)

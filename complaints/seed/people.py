"""What concerns people: order, markets, papers, health, welfare, schools, permits."""

from __future__ import annotations

from complaints.seed.shape import (
    DataType,
    Dimension,
    Kind,
    SeedCategory,
    SeedQuestion,
    Severity,
    days,
    minutes,
    words,
)  # fmt: skip

_GOV, _ECO, _SOC = Dimension.GOVERNANCE, Dimension.ECONOMY, Dimension.SOCIETY
_MEDIUM, _HEAVY = Severity.MEDIUM, Severity.HEAVY
_ORDER = ("Satpol PP", "Polisi Pamong Praja")
_WELFARE = ("Dinsos", "Sosial")
_TRADE = ("Disperindag", "Diskoperindag", "Perindustrian", "Perdagangan")
_PAPERS = ("Disdukcapil", "Kependudukan")
_HEALTH = ("Dinkes", "Kesehatan")
_HOSPITAL = ("RSUD", "Rumah Sakit", "Dinkes", "Kesehatan")
_SCHOOL = ("Disdik", "Dindikbud", "Pendidikan")
_PERMITS = ("DPMPTSP", "Penanaman Modal", "Perizinan")

ORDER = (
    SeedCategory(
        "TRT", "Ketertiban", "Public order", agency_words=_ORDER, dimension=_SOC,
        policy=days(1, 2, 3),
    ),
    SeedCategory(
        "TRT-01", "Pedagang kaki lima", "Street vendors", "TRT", _ORDER, dimension=_SOC, policy=days(1, 2, 3),
        keywords=words(
            "pkl, pedagang kaki lima, lapak pkl, jualan di trotoar, lapak liar, pedagang di bahu jalan, "
            "gerobak jualan, pedagang liar, jualan di badan jalan, pedagang"
        ),
    ),
    SeedCategory(
        "TRT-02", "Kebisingan", "Noise", "TRT", _ORDER, dimension=_SOC, policy=days(1, 1, 1),
        keywords=words(
            "bising, kebisingan, berisik, suara keras, sound system, sound horeg, horeg, knalpot brong, "
            "knalpot, karaoke, dangdutan, gandeng pisan, speaker, tetangga berisik, suara musik, brisik, "
            "musik"
        ),
    ),
    SeedCategory(
        "TRT-03", "Pengemis dan anak jalanan", "Beggars and street children", "TRT", (*_ORDER, *_WELFARE),
        dimension=_SOC, policy=days(1, 2, 3),
        keywords=words(
            "pengemis, anak jalanan, anjal, gelandangan, pengamen, gepeng, anak punk, manusia silver, "
            "badut jalanan, minta minta, ngamen, pak ogah"
        ),
    ),
    SeedCategory(
        "TRT-04", "Reklame liar", "Illegal advertising", "TRT", _ORDER, policy=days(1, 2, 3),
        keywords=words(
            "reklame, reklame liar, baliho, spanduk, spanduk liar, banner, poster, papan iklan, billboard, "
            "iklan ditempel, umbul umbul, iklan di pohon, baliho roboh"
        ),
    ),
    SeedCategory(
        "TRT-05", "Minuman keras dan perjudian", "Alcohol and gambling", "TRT", _ORDER, severity=_MEDIUM,
        dimension=_SOC, policy=days(1, 1, 1),
        keywords=words(
            "miras, minuman keras, jual miras, mabuk, mabuk mabukan, ciu, tuak, warung remang, judi, "
            "sabung ayam, togel, arak, ciu oplosan, tempat maksiat, prostitusi"
        ),
    ),
    SeedCategory(
        "TRT-06", "Asap rokok di kawasan tanpa rokok", "Smoking where it is forbidden", "TRT", _ORDER,
        dimension=_SOC, policy=days(1, 2, 3),
        keywords=words(
            "asap rokok, merokok, kawasan tanpa rokok, ktr, ngerokok, merokok di ruang tunggu, merokok di "
            "sekolah, puntung rokok, ngudud, rokok"
        ),
    ),
)  # fmt: skip

MARKET = (
    SeedCategory(
        "PSR", "Pasar & harga", "Markets and prices", agency_words=_TRADE, dimension=_ECO,
        policy=days(3, 3, 5),
    ),
    SeedCategory(
        "PSR-01", "Harga kebutuhan pokok", "Prices of staples", "PSR", _TRADE, dimension=_ECO,
        policy=days(1, 3, 3),
        duplicate_radius_m=0,
        keywords=words(
            "harga, harga naik, harga beras, harga cabai, harga cabe, minyak goreng, harga telur, sembako "
            "mahal, sembako, beras mahal, harga melonjak, gas melon, elpiji, gas langka, het, minyakita, "
            "pupuk langka, pupuk, larang pisan, harga mahal, langka"
        ),
        questions=(
            SeedQuestion(
                "BARANG", DataType.SEVERAL, "Barang apa?", "Which goods?", required=True, public=True,
                values=(
                    ("beras", "Beras"), ("minyak", "Minyak goreng"), ("cabai", "Cabai"), ("telur", "Telur"),
                    ("gula", "Gula"), ("elpiji", "Elpiji 3 kg"), ("lain", "Lainnya"),
                ),
            ),
            SeedQuestion("HARGA", DataType.NUMBER, "Harganya (rupiah)", "The price (rupiah)", public=True),
        ),
    ),
    SeedCategory(
        "PSR-02", "Fasilitas pasar", "Market facilities", "PSR", _TRADE, dimension=_ECO, policy=days(3, 3, 5),
        keywords=words(
            "fasilitas pasar, pasar kotor, pasar becek, atap pasar, atap pasar bocor, toilet pasar, wc "
            "pasar, lampu pasar, pasar kumuh, musala pasar, los pasar, pasar bau, pasar"
        ),
    ),
    SeedCategory(
        "PSR-03", "Timbangan curang", "Dishonest scales", "PSR", _TRADE, severity=_MEDIUM, dimension=_ECO,
        policy=days(3, 3, 5),
        keywords=words(
            "timbangan, timbangan curang, timbangan tidak pas, tera ulang, takaran, takaran kurang, "
            "takaran bensin, timbangan pedagang, kurang timbangan, ditimbang, meteran pom bensin"
        ),
    ),
    SeedCategory(
        "PSR-04", "Kios dan sewa lapak", "Stalls and their rent", "PSR", _TRADE, dimension=_ECO,
        policy=days(3, 3, 5),
        keywords=words(
            "kios, sewa kios, kios pasar, retribusi pasar, lapak pasar, jual beli kios, kios kosong, izin "
            "kios, uang sewa lapak, retribusi"
        ),
    ),
)  # fmt: skip

PAPERS = (
    SeedCategory(
        "DUK", "Kependudukan", "Civil registration", agency_words=_PAPERS, dimension=_GOV,
        policy=days(2, 3, 5),
    ),
    SeedCategory(
        "DUK-01", "KTP elektronik", "Identity card", "DUK", _PAPERS, dimension=_GOV, policy=days(2, 3, 5),
        duplicate_radius_m=0,
        keywords=words(
            "ktp, e ktp, ktp el, ktp elektronik, ektp, blangko ktp, cetak ktp, rekam ktp, perekaman ktp, "
            "ktp hilang, ktp belum jadi, kia, identitas anak, nik tidak terdaftar, nik, ikd"
        ),
        questions=(
            SeedQuestion(
                "TAHAP", DataType.ONE, "Sampai tahap apa?", "How far has it come?",
                values=(
                    ("belum_rekam", "Belum perekaman"), ("sudah_rekam", "Sudah perekaman, belum dicetak"),
                    ("hilang", "Hilang atau rusak"), ("salah", "Data salah"),
                ),
            ),
        ),
    ),
    SeedCategory(
        "DUK-02", "Kartu keluarga", "Family card", "DUK", _PAPERS, dimension=_GOV, policy=days(2, 2, 3),
        duplicate_radius_m=0,
        keywords=words(
            "kartu keluarga, kk, pecah kk, perubahan kk, tambah anggota keluarga, ngurus kk, cetak kk, "
            "pindah domisili, surat pindah, pindah datang, skpwni"
        ),
    ),
    SeedCategory(
        "DUK-03", "Akta", "Certificates", "DUK", _PAPERS, dimension=_GOV, policy=days(2, 3, 5),
        duplicate_radius_m=0,
        keywords=words(
            "akta, akte, akta kelahiran, akta kematian, akte lahir, akte kelahiran, akta cerai, akta "
            "nikah, surat kematian, akta belum jadi"
        ),
    ),
    SeedCategory(
        "DUK-04", "Antrean pelayanan", "Queues at the counter", "DUK", _PAPERS, dimension=_GOV,
        policy=days(1, 1, 2),
        keywords=words(
            "antrean, antri, antrian, antrean panjang, antri lama, nomor antrean, loket tutup, loket, "
            "antre dari subuh, kuota antrean, antrean online, ngantri"
        ),
    ),
)  # fmt: skip

_PICK_UP = SeedQuestion(
    "JEMPUT",
    DataType.TEXT,
    "Di mana dijemput? Sebutkan patokan.",
    "Where to pick up? Name a landmark.",
    required=True,
)
_CONDITION = SeedQuestion(
    "KONDISI", DataType.SEVERAL, "Bagaimana keadaan pasien?", "How is the patient?", required=True,
    values=(
        ("sadar", "Sadar"), ("tidak_sadar", "Tidak sadar"), ("sesak", "Sesak napas"), ("perdarahan",
        "Perdarahan"),
        ("nyeri_dada", "Nyeri dada"), ("demam", "Demam tinggi"), ("lain", "Lainnya"),
    ),
)  # fmt: skip
_REFERRAL = SeedQuestion(
    "RUJUKAN",
    DataType.STRING,
    "Dirujuk oleh puskesmas atau bidan mana?",
    "Referred by which clinic or midwife?",
)
_PREGNANCY = (
    SeedQuestion("MINGGU", DataType.NUMBER, "Usia kehamilan (minggu)", "Weeks of pregnancy", required=True),
    SeedQuestion(
        "KELUHAN", DataType.SEVERAL, "Apa yang dirasakan?", "What does she feel?", required=True,
        values=(
            ("mulas", "Mulas teratur"), ("ketuban", "Ketuban pecah"), ("perdarahan", "Perdarahan"),
            ("kejang", "Kejang"), ("tekanan", "Tekanan darah tinggi"), ("tidak_ada", "Tidak ada"),
        ),
    ),
    _REFERRAL,
    SeedQuestion("PERKIRAAN", DataType.DATETIME, "Kapan perkiraan tiba?", "When will she arrive?"),
)  # fmt: skip

HEALTH = (
    SeedCategory("KES", "Kesehatan", "Health", agency_words=_HEALTH, severity=_MEDIUM, policy=days(1, 2, 5)),
    SeedCategory(
        "KES-01", "Pelayanan puskesmas dan rumah sakit", "Clinics and hospitals", "KES", _HEALTH,
        severity=_MEDIUM,
        policy=days(1, 2, 5),
        keywords=words(
            "puskesmas, puskes, pustu, posyandu, obat habis, obat, dokter, dokter tidak ada, perawat, "
            "bidan, bpjs ditolak, bpjs, pasien, imunisasi, vaksin, demam berdarah, dbd, fogging, nyamuk, "
            "rumah sakit, rs, igd lama, stunting"
        ),
    ),
    SeedCategory(
        "KES-02", "Permintaan ambulans", "Ambulance request", "KES", ("PSC 119", "PSC", *_HEALTH),
        urgent=True,
        secret=True, severity=_HEAVY, policy=minutes(2, 5, 120), duplicate_radius_m=0, kind=Kind.ROOM,
        keywords=words(
            "ambulans, ambulan, ambulance, butuh ambulans, minta ambulans, mobil jenazah, jemput pasien, "
            "pasien gawat, pasien darurat, tidak sadarkan diri, pingsan, serangan jantung, sesak napas, "
            "sesak nafas, stroke, orang sakit parah"
        ),
        questions=(_PICK_UP, _CONDITION),
    ),
    SeedCategory(
        "KES-03", "Tempat tidur rumah sakit", "Hospital bed", "KES", _HOSPITAL, urgent=True, secret=True,
        severity=_HEAVY, policy=minutes(5, 15, 240), duplicate_radius_m=0, kind=Kind.ROOM,
        keywords=words(
            "tempat tidur rumah sakit, kamar rumah sakit, kamar rs, kamar penuh, ruang rawat inap, rawat "
            "inap, ruang icu, icu, icu penuh, nicu, bed kosong, cari kamar, ruang hcu, kamar rawat, bed "
            "penuh"
        ),
        questions=(_CONDITION, _REFERRAL),
    ),
    SeedCategory(
        "KES-04", "Kamar untuk ibu hamil", "Room for a mother to be", "KES", _HOSPITAL, urgent=True,
        secret=True,
        severity=_HEAVY, policy=minutes(5, 15, 240), duplicate_radius_m=0, kind=Kind.ROOM,
        keywords=words(
            "ibu hamil, hamil, bumil, mau melahirkan, melahirkan, bersalin, kamar bersalin, ruang "
            "bersalin, ketuban, ketuban pecah, pecah ketuban, mulas, kontraksi, persalinan, mau lahiran, "
            "lahiran, kamar ibu hamil, pesan kamar bersalin, hpl, brojol, operasi caesar, sesar"
        ),
        questions=_PREGNANCY,
    ),
)  # fmt: skip

WELFARE = (
    SeedCategory("SOS", "Sosial", "Welfare", agency_words=_WELFARE, dimension=_SOC, policy=days(2, 3, 5)),
    SeedCategory(
        "SOS-01", "Bantuan sosial", "Social aid", "SOS", _WELFARE, dimension=_SOC, policy=days(2, 3, 5),
        duplicate_radius_m=0,
        keywords=words(
            "bansos, bantuan sosial, pkh, blt, bpnt, bantuan beras, bantuan pangan, tidak dapat bantuan, "
            "bantuan, bantuan belum cair, dtks, dtsen, rutilahu, bedah rumah, rumah tidak layak huni, "
            "salah sasaran"
        ),
    ),
    SeedCategory(
        "SOS-02", "Surat keterangan warga kurang mampu", "Proof of low income", "SOS", _WELFARE,
        dimension=_SOC,
        policy=days(2, 3, 5), duplicate_radius_m=0,
        keywords=words(
            "mbr, sktm, surat keterangan tidak mampu, tidak mampu, kurang mampu, keluarga miskin, warga "
            "miskin, kis, bpjs pbi, pbi, kis tidak aktif, berpenghasilan rendah"
        ),
    ),
    SeedCategory(
        "SOS-03", "Orang terlantar", "Person in need", "SOS", _WELFARE, urgent=True, severity=_HEAVY,
        dimension=_SOC,
        policy=minutes(15, 60, 24 * 60),
        keywords=words(
            "orang terlantar, terlantar, odgj, orang gila, gangguan jiwa, lansia terlantar, bayi dibuang, "
            "kakek tidur di jalan, nenek hidup sendiri, hidup sebatang kara, anak terlantar, jompo, tuna "
            "wisma, orang linglung, anak hilang, jelema gelo, ngamuk"
        ),
    ),
)  # fmt: skip

SCHOOL = (
    SeedCategory(
        "DIK", "Pendidikan", "Education", agency_words=_SCHOOL, dimension=_SOC,
        policy=days(2, 3, 5),
    ),
    SeedCategory(
        "DIK-01", "Penerimaan murid baru", "School admission", "DIK", _SCHOOL, dimension=_SOC,
        policy=days(1, 2, 5),
        duplicate_radius_m=0,
        keywords=words(
            "ppdb, spmb, zonasi, penerimaan siswa baru, penerimaan murid baru, daftar sekolah, jalur "
            "prestasi, jalur afirmasi, kursi sekolah, siswa titipan, domisili sekolah"
        ),
    ),
    SeedCategory(
        "DIK-02", "Fasilitas sekolah", "School facilities", "DIK", _SCHOOL, severity=_MEDIUM, dimension=_SOC,
        policy=days(2, 3, 5),
        keywords=words(
            "sekolah, gedung sekolah, sekolah rusak, atap sekolah, atap kelas, ruang kelas, kelas rusak, "
            "kelas bocor, bangku sekolah, meja belajar, toilet sekolah, guru, guru kurang, sd negeri, smp "
            "negeri, perpustakaan, mbg, makan bergizi gratis"
        ),
    ),
    SeedCategory(
        "DIK-03", "Pungutan di sekolah", "Charges at school", "DIK", _SCHOOL, secret=True, severity=_MEDIUM,
        dimension=_GOV, policy=days(2, 3, 5), duplicate_radius_m=0,
        keywords=words(
            "pungli sekolah, pungutan sekolah, uang bangku, uang gedung, uang komite, sumbangan komite, "
            "komite, sumbangan sekolah, ijazah ditahan, wajib beli seragam, beli seragam, jual lks, lks, "
            "beli buku di sekolah, uang perpisahan, iuran sekolah, study tour"
        ),
    ),
)  # fmt: skip

PERMITS = (
    SeedCategory("IZN", "Perizinan", "Permits", agency_words=_PERMITS, dimension=_ECO, policy=days(2, 3, 5)),
    SeedCategory(
        "IZN-01", "Izin usaha", "Business permit", "IZN", _PERMITS, dimension=_ECO, policy=days(2, 3, 5),
        duplicate_radius_m=0,
        keywords=words(
            "izin usaha, ijin usaha, oss, nib, siup, tdp, usaha tanpa izin, usaha tidak berizin, izin "
            "toko, minimarket, umkm, izin edar, pirt, usaha ilegal, mengurus izin, perizinan"
        ),
    ),
    SeedCategory(
        "IZN-02", "Izin bangunan", "Building permit", "IZN", _PERMITS, dimension=_ECO, policy=days(2, 3, 5),
        keywords=words(
            "imb, pbg, izin bangunan, ijin bangunan, bangunan liar, bangunan tanpa izin, izin mendirikan "
            "bangunan, melanggar garis sempadan, bangunan di atas saluran, bangun ruko, tower, menara "
            "telekomunikasi, tata ruang, perumahan tanpa izin, slf"
        ),
    ),
)  # fmt: skip

PEOPLE = (*ORDER, *MARKET, *PAPERS, *HEALTH, *WELFARE, *SCHOOL, *PERMITS)

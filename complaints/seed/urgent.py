"""Emergencies, what others run, what officials do, and the rest."""

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

_GOV, _HEAVY, _MEDIUM = Dimension.GOVERNANCE, Severity.HEAVY, Severity.MEDIUM
_FIRE = ("Damkar", "Pemadam", "BPBD")
_POLICE = ("Polres", "Kepolisian", "Satpol PP")
_DISASTER = ("BPBD", "Penanggulangan Bencana")
_AMBULANCE = ("PSC 119", "PSC", "Dinkes", "Kesehatan")
_INSPECTORS = ("Inspektorat",)
_DESK = ("Diskominfo", "Komunikasi")

_HURT = SeedQuestion("KORBAN", DataType.NUMBER, "Berapa orang terluka?", "How many people are hurt?")
_SINCE = SeedQuestion("SEJAK", DataType.DATETIME, "Sejak kapan?", "Since when?", public=True)
_OFFICIAL = (
    SeedQuestion(
        "KANTOR", DataType.STRING, "Di kantor atau unit mana?", "At which office or unit?", required=True
    ),
    SeedQuestion("WAKTU", DataType.DATETIME, "Kapan terjadi?", "When did it happen?"),
    SeedQuestion(
        "KRONOLOGI", DataType.TEXT, "Apa yang terjadi, dari awal?", "What happened, from the beginning?"
    ),
)

EMERGENCIES = (
    SeedCategory(
        "DRT", "Darurat", "Emergency", agency_words=_DISASTER, urgent=True, severity=_HEAVY,
        policy=minutes(2, 5, 120),
    ),
    SeedCategory(
        "DRT-01", "Kebakaran", "Fire", "DRT", _FIRE, urgent=True, severity=_HEAVY, policy=minutes(2, 5, 240),
        duplicate_radius_m=500,
        keywords=words(
            "kebakaran, kebakaran rumah, rumah terbakar, terbakar, damkar, pemadam, pemadam kebakaran, api "
            "membesar, api besar, kobongan, kobong, kahuruan, korsleting, asap tebal, asap hitam, lahan "
            "terbakar, pasar terbakar, gas meledak, ledakan, si jago merah, kobaran api"
        ),
        questions=(
            SeedQuestion(
                "TERBAKAR", DataType.ONE, "Apa yang terbakar?", "What is burning?", required=True,
                public=True,
                values=(
                    ("rumah", "Rumah"), ("toko", "Toko atau pasar"), ("pabrik", "Pabrik atau gudang"),
                    ("lahan", "Lahan"), ("kendaraan", "Kendaraan"), ("lain", "Lainnya"),
                ),
            ),
            SeedQuestion("TERJEBAK", DataType.NUMBER, "Berapa orang terjebak?",
            "How many people are trapped?"),
        ),
    ),
    SeedCategory(
        "DRT-02", "Kecelakaan lalu lintas", "Road accident", "DRT", (*_AMBULANCE, *_POLICE), urgent=True,
        severity=_HEAVY, policy=minutes(2, 5, 120), duplicate_radius_m=500,
        keywords=words(
            "kecelakaan, laka, laka lantas, tabrakan, tabrak lari, ketabrak, tertabrak, motor tabrakan, "
            "truk terguling, mobil terguling, terguling, korban kecelakaan, tabrakan beruntun, keserempet, "
            "adu banteng, motor jatuh, korban luka"
        ),
        questions=(_HURT,),
    ),
    SeedCategory(
        "DRT-03", "Ular, tawon dan hewan berbahaya", "Snakes, wasps and dangerous animals", "DRT", _FIRE,
        urgent=True,
        severity=_MEDIUM, policy=minutes(5, 15, 180), duplicate_radius_m=100,
        keywords=words(
            "ular, ular masuk rumah, ular kobra, ular sanca, oray, ulo, tawon, sarang tawon, tawon vespa, "
            "lebah, buaya, monyet liar, anjing gila, anjing liar, biawak, rabies, evakuasi ular, odeng, "
            "hewan buas"
        ),
    ),
    SeedCategory(
        "DRT-04", "Kriminal", "Crime", "DRT", _POLICE, urgent=True, secret=True, severity=_HEAVY,
        policy=minutes(2, 5, 120),
        keywords=words(
            "begal, dibegal, maling, kemalingan, rampok, perampokan, pencurian, curanmor, motor hilang "
            "dicuri, dicuri, jambret, tawuran, pembacokan, dibacok, pemukulan, dikeroyok, penculikan, "
            "narkoba, pelecehan, kdrt, geng motor, premanisme, preman, copet, celurit, dipalak, pemalakan"
        ),
    ),
    SeedCategory(
        "DRT-05", "Tombol panik", "Panic button", "DRT", (*_POLICE, *_DISASTER), urgent=True, secret=True,
        severity=_HEAVY, policy=minutes(1, 3, 60), duplicate_radius_m=0,
        keywords=words("tombol panik, panic button, nyawa terancam, saya diancam, diancam, disekap, sos"),
    ),
)  # fmt: skip

UTILITIES = (
    SeedCategory("UTL", "Utilitas", "Utilities", agency_words=_DESK, external=True, policy=days(1, 3, 14)),
    SeedCategory(
        "UTL-01", "Air minum (PDAM)", "Drinking water", "UTL", ("PDAM", "Perumdam", "Air Minum"),
        external=True,
        severity=_MEDIUM, policy=days(1, 3, 7), duplicate_radius_m=500,
        keywords=words(
            "pdam, air pdam, air mati, air tidak keluar, air tidak mengalir, air keruh, air kotor, air "
            "ledeng, pipa bocor, pipa pecah, pipa pdam, kekeringan, air bersih, krisis air, meteran air, "
            "tagihan air, perumdam, cai pareum, air bau, banyu mati, air kecil"
        ),
        questions=(
            _SINCE,
            SeedQuestion(
                "GEJALA", DataType.SEVERAL, "Apa yang terjadi?", "What is wrong?", public=True,
                values=(
                    ("mati", "Tidak mengalir"), ("kecil", "Mengalir kecil"), ("keruh", "Keruh atau berbau"),
                    ("bocor", "Pipa bocor"), ("tagihan", "Tagihan"),
                ),
            ),
        ),
    ),
    SeedCategory(
        "UTL-02", "Listrik", "Electricity", "UTL", ("PLN", "Listrik"), external=True, severity=_MEDIUM,
        policy=days(1, 3, 7), duplicate_radius_m=500,
        keywords=words(
            "listrik, listrik mati, mati listrik, listrik padam, pemadaman listrik, mati lampu, pln, "
            "gardu, trafo, trafo meledak, token listrik, tegangan turun, listrik pareum, pareum lampu, "
            "aliang lampu, listrik turun, byar pet, pemadaman bergilir, meteran listrik, strum, kabel pln"
        ),
        questions=(_SINCE,),
    ),
    SeedCategory(
        "UTL-03", "Internet dan telepon", "Internet and telephone", "UTL", _DESK, external=True,
        policy=days(1, 3, 14),
        keywords=words(
            "internet, internet mati, wifi, wifi gratis, wifi publik, sinyal, sinyal hilang, tidak ada "
            "sinyal, blank spot, indihome, telkom, jaringan, jaringan lemot, lemot, susah sinyal, provider"
        ),
    ),
)  # fmt: skip

OFFICIALS = (
    SeedCategory(
        "APR", "Aparatur", "Officials", agency_words=_INSPECTORS, secret=True, severity=_MEDIUM,
        dimension=_GOV,
        policy=days(2, 5, 14), duplicate_radius_m=0,
    ),
    SeedCategory(
        "APR-01", "Pungutan liar", "Illegal charges", "APR", _INSPECTORS, secret=True, severity=_HEAVY,
        dimension=_GOV,
        policy=days(2, 14, 60), duplicate_radius_m=0, questions=_OFFICIAL,
        keywords=words(
            "pungli, pungutan liar, dimintai uang, diminta uang, minta uang, uang pelicin, bayar di bawah "
            "meja, calo, percaloan, oknum, biaya tidak resmi, uang rokok, diminta bayar, dipungut biaya, "
            "tidak ada kwitansi, pungutan"
        ),
    ),
    SeedCategory(
        "APR-02", "Sikap dan kehadiran petugas", "Conduct of staff", "APR", _INSPECTORS, secret=True,
        dimension=_GOV,
        policy=days(2, 5, 14), duplicate_radius_m=0, questions=_OFFICIAL,
        keywords=words(
            "petugas tidak ramah, petugas galak, petugas kasar, petugas judes, petugas tidak di tempat, "
            "petugas, pegawai bolos, pegawai, asn, pns, pelayanan buruk, pelayanan lambat, lurah, camat, "
            "kepala desa, kades, perangkat desa, dipersulit, dibentak, pelayanan kelurahan, kantor kosong, "
            "dana desa"
        ),
    ),
    SeedCategory(
        "APR-03", "Gratifikasi dan korupsi", "Gifts and corruption", "APR", _INSPECTORS, secret=True,
        severity=_HEAVY,
        dimension=_GOV, policy=days(2, 14, 60), duplicate_radius_m=0, questions=_OFFICIAL,
        keywords=words(
            "gratifikasi, korupsi, suap, menyuap, disuap, mark up, proyek fiktif, jual beli jabatan, "
            "nepotisme, kkn, penyalahgunaan wewenang, penyelewengan, dana desa diselewengkan, anggaran "
            "dikorupsi, menerima hadiah, setoran, menyalahgunakan"
        ),
    ),
)  # fmt: skip

REST = (
    SeedCategory(
        "LAIN", "Lainnya", "Something else", agency_words=_DESK, dimension=_GOV, policy=days(3, 5, 14)
    ),
)  # fmt: skip

URGENT = (*EMERGENCIES, *UTILITIES, *OFFICIALS, *REST)

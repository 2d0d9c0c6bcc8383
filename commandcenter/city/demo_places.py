"""Kabupaten Serang for the demo: centre points (degrees, rounded), and agencies with invented contacts."""

from __future__ import annotations

REGION = "36.04"
# code, latitude, longitude: our own rounded centre points
CENTRES = (
    ("36.04.05", -6.040, 106.113), ("36.04.06", -6.092, 106.071), ("36.04.07", -5.960, 106.085),
    ("36.04.08", -5.914, 106.072), ("36.04.09", -6.094, 106.238), ("36.04.11", -6.149, 106.282),
    ("36.04.12", -6.019, 106.251), ("36.04.13", -6.002, 106.317), ("36.04.14", -6.014, 106.379),
    ("36.04.15", -6.192, 106.359), ("36.04.16", -6.155, 106.320), ("36.04.17", -6.087, 106.324),
    ("36.04.18", -6.128, 106.344), ("36.04.19", -6.245, 106.198), ("36.04.20", -6.282, 106.222),
    ("36.04.22", -6.229, 106.123), ("36.04.23", -6.219, 106.252), ("36.04.24", -6.278, 106.300),
    ("36.04.25", -6.276, 106.379), ("36.04.26", -6.284, 106.348), ("36.04.27", -6.237, 106.035),
    ("36.04.28", -6.198, 106.086), ("36.04.29", -6.219, 105.966), ("36.04.30", -6.094, 105.918),
    ("36.04.31", -6.178, 105.888), ("36.04.32", -6.109, 105.986), ("36.04.33", -6.152, 106.036),
    ("36.04.34", -6.214, 106.299), ("36.04.35", -6.078, 106.277),
)  # fmt: skip
CENTRE = (-6.128, 106.239)
# Kota Serang and Cilegon lie inside the outline without belonging to it.
NEIGHBOURS = (
    (-6.112, 106.165), (-6.062, 106.183), (-6.148, 106.222), (-6.178, 106.172), (-6.142, 106.147),
    (-6.118, 106.118), (-6.017, 106.053), (-5.985, 106.010), (-5.950, 106.000), (-6.030, 105.975),
)  # fmt: skip
# code, name, short name, kind, title of the head, area, last digits of the invented duty phone
AGENCIES = (
    ("diskominfo", "Dinas Komunikasi, Informatika, Persandian dan Statistik",
     "Diskominfo", "opd", "Kepala Dinas", "", "0101"),
    ("disperindag", "Dinas Koperasi, Perindustrian dan Perdagangan",
     "Diskoperindag", "opd", "Kepala Dinas", "", "0102"),
    ("dishub", "Dinas Perhubungan", "Dishub", "opd", "Kepala Dinas", "", "0103"),
    ("satpolpp", "Satuan Polisi Pamong Praja", "Satpol PP", "opd", "Kepala Satuan", "", "0104"),
    ("dlh", "Dinas Lingkungan Hidup", "DLH", "opd", "Kepala Dinas", "", "0105"),
    ("rsud", "RSUD dr. Drajat Prawiranegara", "RSUD", "opd", "Direktur", "", "0106"),
    ("dpu", "Dinas Pekerjaan Umum dan Penataan Ruang", "DPUPR", "opd", "Kepala Dinas", "", "0107"),
    ("dinkes", "Dinas Kesehatan", "Dinkes", "opd", "Kepala Dinas", "", "0108"),
    ("bpbd", "Badan Penanggulangan Bencana Daerah", "BPBD", "opd", "Kepala Pelaksana", "", "0109"),
    ("dpmptsp", "Dinas Penanaman Modal dan PTSP", "DPMPTSP", "opd", "Kepala Dinas", "", "0110"),
    ("disdukcapil", "Dinas Kependudukan dan Pencatatan Sipil",
     "Disdukcapil", "opd", "Kepala Dinas", "", "0111"),
    ("kec-kramatwatu", "Kecamatan Kramatwatu", "Kec. Kramatwatu", "kecamatan", "Camat", "36.04.05", "0201"),
    ("kec-petir", "Kecamatan Petir", "Kec. Petir", "kecamatan", "Camat", "36.04.19", "0202"),
    ("kec-ciruas", "Kecamatan Ciruas", "Kec. Ciruas", "kecamatan", "Camat", "36.04.09", "0203"),
    ("kec-anyar", "Kecamatan Anyar", "Kec. Anyar", "kecamatan", "Camat", "36.04.30", "0204"),
    ("polres", "Kepolisian Resor (mitra)", "Polres", "other", "Kapolres", "", "0301"),
    ("pln", "PLN Unit Pelaksana Pelayanan Pelanggan", "PLN", "other", "Manajer", "", "0302"),
)  # fmt: skip
# user name, first and last name (titles, not people), role, agency, password, what `up` calls the login
USERS = (
    ("admin", "Admin", "Diskominfo", "admin", "diskominfo", "kota-demo-admin", "administrator"),
    ("operator", "Operator", "Pusat Kendali", "operator", "diskominfo", "kota-demo-operator", "operator"),
    ("bupati", "Bupati", "Serang", "mayor", "", "kota-demo-bupati", "bupati"),
    ("kadis", "Kepala", "Diskoperindag", "agency-head", "disperindag", "kota-demo-kadis", "kepala OPD"),
    ("mitra", "Mitra", "Polres", "partner", "polres", "kota-demo-mitra", "mitra"),
    ("rsud", "Petugas", "RSUD", "agency-head", "rsud", "kota-demo-rsud", "rumah sakit"),
    ("pln", "Petugas", "PLN", "agency-head", "pln", "kota-demo-pln", "pihak luar"),
)  # fmt: skip

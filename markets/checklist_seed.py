"""The checklist a new city begins with: our own lines under the subjects of SNI 8152, no sentence of it.

Figures like a corridor's width are starting points and unverified ("periksa"): a city edits every line in
the admin. Written in Indonesian, because it is the city's own text like its categories are.
"""

from __future__ import annotations

from markets.models import ChecklistItem, ChecklistVersion, Subject

# code, subject, what is looked at, how to judge, weight, critical
LINES: tuple[tuple[str, str, str, str, int, bool], ...] = (
    (
        "lantai", "cleanliness", "Lantai dan lorong bersih saat jam dagang",
        "4: kering dan tersapu. 0: kotor dan bau di mana-mana.", 3, False,
    ),
    (
        "lapak", "cleanliness", "Lapak basah (ikan, daging) bersih dan mudah dibilas",
        "4: meja kedap air, dibilas tiap hari. 0: darah dan sisa menumpuk.", 2, False,
    ),
    (
        "hama", "cleanliness", "Tidak ada tikus, lalat, dan kecoak yang mengganggu",
        "4: tidak terlihat. 0: ada di setiap blok.", 2, False,
    ),
    (
        "tempat-sampah", "waste", "Tempat sampah terpilah, tertutup, dan cukup di tiap blok",
        "4: setiap blok, terpilah. 0: tidak ada.", 2, False,
    ),
    (
        "tps", "waste", "Penampungan sementara terpisah dari los dan tidak meluap",
        "4: tertutup, jauh dari bahan pangan. 0: meluap ke jalan.", 3, False,
    ),
    (
        "angkut", "waste", "Sampah diangkut setiap hari dagang",
        "4: tiap hari. 0: lebih dari seminggu tidak diangkut.", 2, False,
    ),
    (
        "saluran", "drainage", "Saluran mengalir dan tidak tersumbat",
        "4: mengalir. 0: air diam dan penuh.", 3, False,
    ),
    (
        "tutup-saluran", "drainage", "Saluran di lorong tertutup kisi yang aman diinjak",
        "4: semua tertutup. 0: terbuka di jalur orang.", 1, False,
    ),
    (
        "genangan", "drainage", "Tidak ada genangan setelah hujan atau pencucian",
        "4: kering dalam satu jam. 0: menggenang sehari.", 2, False,
    ),
    (
        "wc-bersih", "toilets", "Toilet bersih, berair, dan tidak bau",
        "4: layak sepanjang hari. 0: tidak bisa dipakai.", 3, False,
    ),
    (
        "wc-pisah", "toilets", "Toilet laki-laki dan perempuan terpisah, ada yang untuk difabel",
        "4: terpisah dan ada toilet difabel. 0: hanya satu.", 2, False,
    ),
    (
        "cuci-tangan", "toilets", "Tempat cuci tangan dengan sabun mudah dicapai",
        "4: di toilet dan di pintu masuk. 0: tidak ada.", 2, False,
    ),
    (
        "air-cukup", "water", "Air bersih cukup selama jam dagang",
        "4: tidak pernah putus. 0: tidak ada air.", 3, False,
    ),
    (
        "air-uji", "water", "Mutu air diperiksa dan hasilnya ada",
        "4: hasil uji setahun terakhir. 0: tidak pernah diperiksa.", 1, False,
    ),
    (
        "jalur-keluar", "fire", "Jalur keluar darurat bebas barang dan pintunya dapat dibuka",
        "4: bebas dan bertanda. 0: tertutup atau terkunci.", 3, True,
    ),
    (
        "apar", "fire", "Alat pemadam ada, terlihat, dan belum kedaluwarsa",
        "4: tiap blok, berlaku. 0: tidak ada.", 3, True,
    ),
    (
        "listrik", "fire", "Kabel dan sambungan listrik aman",
        "4: terpasang rapi. 0: kabel terbuka atau bertumpuk.", 3, True,
    ),
    (
        "akses-damkar", "fire", "Mobil pemadam dapat masuk sampai dekat blok",
        "4: jalan bebas. 0: tertutup pedagang atau parkir.", 2, False,
    ),
    (
        "jalan-masuk", "access", "Jalan masuk dan parkir teratur, tidak macet ke jalan raya",
        "4: teratur. 0: menutup jalan.", 2, False,
    ),
    (
        "lorong", "access", "Lorong cukup lebar dan tidak dipakai berdagang",
        "4: sekitar 1,5 m bebas (periksa). 0: tidak bisa dilewati.", 2, False,
    ),
    (
        "difabel", "access", "Kursi roda dapat masuk dan berkeliling",
        "4: landai dan bebas. 0: hanya tangga.", 2, False,
    ),
    (
        "bongkar", "access", "Bongkar muat punya tempat sendiri",
        "4: terpisah dari pembeli. 0: di pintu masuk.", 1, False,
    ),
    (
        "zona", "zoning", "Pangan basah, kering, siap saji, dan bukan pangan terpisah",
        "4: terpisah dan bertanda. 0: bercampur.", 3, False,
    ),
    (
        "unggas", "zoning", "Unggas hidup dan pemotongan terpisah dari los pangan",
        "4: terpisah atau tidak ada. 0: di antara los.", 2, False,
    ),
    (
        "papan", "zoning", "Papan petunjuk blok dan harga terbaca",
        "4: di setiap blok. 0: tidak ada.", 1, False,
    ),
    (
        "tera", "scales", "Timbangan pedagang bertanda tera yang berlaku",
        "4: semua contoh berlaku. 0: tidak satu pun.", 2, False,
    ),
    (
        "pos-tera", "scales", "Pos ukur ulang ada dan dapat dipakai pembeli",
        "4: buka pada jam dagang. 0: tidak ada.", 2, False,
    ),
    (
        "terang", "lighting", "Penerangan cukup di los dan lorong",
        "4: label harga mudah dibaca. 0: gelap.", 2, False,
    ),
    (
        "udara", "lighting", "Udara mengalir, tidak pengap",
        "4: terbuka atau berventilasi. 0: pengap dan berasap.", 2, False,
    ),
    (
        "lampu-malam", "lighting", "Lampu halaman dan parkir menyala sebelum terang",
        "4: semua menyala. 0: semua mati.", 1, False,
    ),
    (
        "musala", "prayer", "Musala bersih, teduh, dan dapat dipakai",
        "4: siap dipakai. 0: tidak ada.", 2, False,
    ),
    (
        "wudu", "prayer", "Tempat wudu berair dan terpisah",
        "4: terpisah dan mengalir. 0: tidak ada.", 1, False,
    ),
    (
        "atap", "structure", "Atap tidak bocor dan tidak lapuk",
        "4: utuh. 0: bocor di atas dagangan.", 3, False,
    ),
    (
        "rangka", "structure", "Kolom, balok, dan tangga tidak retak atau berkarat parah",
        "4: utuh. 0: membahayakan orang.", 3, True,
    ),
    (
        "dinding", "structure", "Dinding, rolling door, dan cat terpelihara",
        "4: terpelihara. 0: rusak di banyak tempat.", 1, False,
    ),
    (
        "pengelola", "management", "Pengelola di tempat pada jam dagang dan mudah ditemui",
        "4: ada kantor dan petugas. 0: tidak ada.", 2, False,
    ),
    (
        "kebersihan-jadwal", "management", "Jadwal kebersihan dan keamanan dijalankan dan dicatat",
        "4: tercatat tiap hari. 0: tidak ada jadwal.", 2, False,
    ),
    (
        "retribusi", "management", "Retribusi dicatat dan karcis atau QRIS diberikan",
        "4: selalu. 0: tanpa tanda terima.", 2, False,
    ),
    (
        "pedagang", "management", "Daftar pedagang terbaru, kios kosong tercatat",
        "4: bulan ini. 0: tidak ada daftar.", 1, False,
    ),
)  # fmt: skip


def ensure_checklist(**_signal: object) -> None:
    """Fills an empty checklist once (``post_migrate``); lines an administrator took out stay out."""
    if ChecklistItem.objects.exists() or ChecklistVersion.objects.exists():
        return
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            code=code, subject=Subject(subject), text=text, hint=hint, weight=weight, critical=critical,
            order=(place + 1) * 10,
        )
        for place, (code, subject, text, hint, weight, critical) in enumerate(LINES)
    )  # fmt: skip

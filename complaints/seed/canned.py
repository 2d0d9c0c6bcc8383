"""Texts that desks write every day. An outcome that is not *selesai* never sounds like one."""

from __future__ import annotations

from complaints.seed.shape import SeedText

CANNED = (
    SeedText(
        "diterima", "Laporan diterima",
        "Terima kasih, laporan {number} sudah kami terima. Anda dapat mengikutinya dengan nomor itu kapan "
        "saja, tanpa akun.",
    ),
    SeedText(
        "diteruskan", "Diteruskan ke perangkat daerah",
        "Laporan {number} sudah kami teruskan ke {agency}. Jawabannya akan kami kirim lewat kanal ini.",
    ),
    SeedText(
        "minta-lokasi", "Minta lokasi",
        "Agar petugas tidak salah tempat, mohon kirim titik lokasi atau patokan terdekat (nama jalan, "
        "RT/RW, bangunan).",
    ),
    SeedText(
        "minta-foto", "Minta foto",
        "Mohon kirim satu atau dua foto yang memperlihatkan keadaan dan sekitarnya. Wajah dan pelat nomor "
        "tidak perlu terlihat.",
    ),
    SeedText(
        "minta-rincian", "Minta rincian",
        "Mohon jelaskan sejak kapan hal ini terjadi dan apa akibatnya bagi warga. Batas waktu kami "
        "berhenti sampai Anda menjawab.",
    ),
    SeedText(
        "dikerjakan", "Sedang dikerjakan", "Laporan {number} sedang dikerjakan oleh {agency}."
    ),
    SeedText(
        "dijadwalkan", "Dijadwalkan",
        "Pekerjaan untuk laporan {number} sudah dijadwalkan oleh {agency} pada [tanggal]. Bila bergeser, "
        "kami memberi kabar.",
    ),
    SeedText(
        "terlambat", "Permintaan maaf atas keterlambatan",
        "Kami mohon maaf, laporan {number} belum selesai pada waktunya karena [sebab]. Perkiraan baru: "
        "[tanggal].",
    ),
    SeedText(
        "selesai", "Selesai",
        "Laporan {number} sudah selesai dikerjakan oleh {agency}: [apa yang dikerjakan]. "
        "Bila menurut Anda belum selesai, tekan \"belum selesai\" pada halaman laporan dalam batas waktunya.",
    ),
    SeedText(
        "tidak-dapat", "Tidak dapat ditangani",
        "Laporan {number} belum dapat kami tangani karena [sebab]. Masalahnya belum selesai; kami "
        "mencatatnya untuk [rencana].",
    ),
    SeedText(
        "bukan-wewenang", "Bukan kewenangan kami",
        "Hal dalam laporan {number} ditangani oleh [lembaga], bukan oleh pemerintah daerah. Anda dapat "
        "menghubungi [kontak].",
    ),
    SeedText(
        "jalan-nasional", "Jalan nasional",
        "Jalan pada laporan {number} adalah jalan nasional yang dikelola balai pusat (BBPJN). Laporan kami "
        "teruskan ke sana.",
    ),
    SeedText(
        "jalan-provinsi", "Jalan provinsi",
        "Jalan pada laporan {number} dikelola dinas pekerjaan umum provinsi. Laporan kami teruskan ke "
        "sana.",
    ),
    SeedText(
        "duplikat", "Sudah dilaporkan",
        "Hal yang sama sudah dilaporkan dan sedang ditangani. Laporan {number} kami gabungkan; Anda "
        "menerima setiap kabarnya.",
    ),
    SeedText(
        "ditolak", "Tidak dapat diproses",
        "Laporan {number} tidak kami proses karena [sebab]. Anda boleh mengirim laporan baru dengan "
        "keterangan yang cukup.",
    ),
    SeedText(
        "dibuka-lagi", "Dibuka kembali",
        "Laporan {number} dibuka kembali dan sudah sampai lagi ke {agency}, dengan batas waktu yang baru.",
    ),
    SeedText(
        "darurat", "Arahkan ke 112",
        "Bila ada nyawa yang terancam, segera hubungi 112 (bebas pulsa, tanpa kartu SIM pun bisa). Laporan "
        "ini tetap kami teruskan.",
    ),
    SeedText(
        "kamar-dipesan", "Kamar dipesan",
        "Kamar untuk permintaan {number} sudah dipesan di [rumah sakit] sampai pukul [jam]. Sebutkan nomor "
        "ini saat tiba.",
    ),
    SeedText(
        "kamar-penuh", "Kamar penuh, ada pilihan lain",
        "Untuk permintaan {number}, [rumah sakit] penuh menurut data pukul [jam]. Pilihan terdekat: [rumah "
        "sakit lain]. Bila keadaan memburuk, hubungi 119 atau 112.",
    ),
    SeedText(
        "rahasia", "Laporan rahasia",
        "Laporan {number} kami perlakukan sebagai rahasia: hanya petugas yang berwenang yang dapat "
        "membacanya.",
    ),
)  # fmt: skip

"""The twelve ways in, under neutral names; cities have their own."""

from __future__ import annotations

from complaints.seed.shape import SeedChannel

CHANNELS = (
    SeedChannel(
        "web",
        "web",
        "Laman dan aplikasi",
        (("RABEG", "Serang"), ("LAKSA", "Kota Tangerang"), ("WargaKu", "Surabaya")),
    ),
    SeedChannel("phone", "telepon", "Telepon", quiet_after_h=48),
    SeedChannel("112", "112", "Panggilan darurat 112", (("Serang Siaga 112", "Serang"),), quiet_after_h=24),
    SeedChannel("walk_in", "loket", "Datang langsung dan surat", quiet_after_h=0),
    SeedChannel("email", "surel", "Surel"),
    SeedChannel("whatsapp", "whatsapp", "WhatsApp", quiet_after_h=24),
    SeedChannel("telegram", "telegram", "Telegram"),
    SeedChannel("x", "x", "X", quiet_after_h=168),
    SeedChannel("messenger", "facebook", "Facebook", quiet_after_h=168),
    SeedChannel("instagram", "instagram", "Instagram", quiet_after_h=168),
    SeedChannel("lapor", "lapor", "SP4N-LAPOR!", quiet_after_h=168),
    SeedChannel("partner", "mitra", "Mitra (Open311, Qlue, SMS)", (("Qlue", "Jakarta"),), quiet_after_h=0),
)

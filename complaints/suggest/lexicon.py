"""Words that comparing Indonesian texts needs: short forms, words that say nothing, words kept whole."""

from __future__ import annotations

_SHORT_FORMS = """
yang: yg
dengan: dgn dg dngn
dari: dr dri
dan: n
di mana: dmn
tidak: tdk tak ga gak gk g nggak ngga enggak engga kagak kaga ndak ora teu mboten henteu tdak
sudah: sdh udh udah dah uda wis geus parantos sdah
belum: blm blom blum durung tacan
jalan: jl jln jlan dalan
kampung: kp kmp
kelurahan: kel
kecamatan: kec kcmtn
kabupaten: kab
rumah: rmh imah omah
depan: dpn dpan
dekat: dkt dket deket
untuk: utk buat
karena: krn krna karna gara
sampai: sampe smp nyampe
sekali: skali pisan banget bgt bgtt tenan
tolong: tlg tlong tlng punten
mohon: mhn
bagaimana: gmn gimana
kapan: kpn
orang: org wong jelema
banyak: bnyk byk loba akeh
besar: gede ageng gedhe
kecil: leutik cilik
rusak: rsk rusek ruksak
lampu: lmp lmpu
sampah: smph sampa
banjir: bnjr bnjir
macet: mcet mct
listrik: lstrik
antre: antri ngantri ngantre
antrean: antrian
izin: ijin
ambulans: ambulan ambulance
puskesmas: puskes pkm
akta: akte
bagus: bgs
malam: mlm malem peuting wengi
siang: siank
hari: hr
minggu: mgg
bulan: bln
tahun: thn
pemerintah: pmrintah
masyarakat: masy
kalau: klo kalo kl klw nek lamun
saja: aja aj wae
juga: jg jga ge
lagi: lg lgi
sama: sm
masih: msh masi
mau: mo pengen arek
ada: aya ono
air: aer cai banyu
atas: ats
anak: ank
sekolah: skolah sklh
pasar: psr
petugas: ptgs ptugas
kendaraan: kendraan
pohon: phon
parkir: markir
mati: pejah mti
tetangga: tetanga
gelap: poek peteng
selokan: solokan slokan
bantuan: bntuan
pemadam: pmadam
"""
ABBREVIATIONS = {
    short: full
    for full, shorts in (line.split(":") for line in _SHORT_FORMS.strip().splitlines())
    for short in shorts.split()
}
"""What people write instead of a word: abbreviations and the commonest Sundanese and Javanese words."""

_SAY_NOTHING = """
yang dan di ke dari ini itu nya si sang para saya kami kita aku anda kamu dia mereka pak bu bapak ibu bang
mas mbak min admin gan kang teh mohon tolong terima kasih makasih selamat pagi siang sore malam
assalamualaikum salam hormat ya yah dong sih kok deh loh lah kah pun juga saja lagi sudah belum masih akan
ingin mau bisa dapat untuk dengan karena agar supaya sehingga kalau jika maka adalah ialah atau tetapi tapi
serta pada oleh sebagai seperti dalam hingga sampai sejak selama setelah sebelum ada sekali sangat lebih
banyak semua setiap tiap hari minggu bulan tahun jam kapan bagaimana kenapa mengapa apa siapa lapor laporan
laporkan melapor melaporkan ingin segera cepat kembali baru tadi kemarin sekarang lalu depan dekat belakang
samping sekitar daerah wilayah kampung desa kelurahan kecamatan kabupaten kota rt rw gang no nomor blok km
sama nih tuh ieu eta iki iku
"""
STOP_WORDS = frozenset(_SAY_NOTHING.split()) - {"ibu", "desa"}
"""Words that say nothing of the matter. *Ibu* is kept for *ibu hamil*, *desa* for *kepala desa*."""

_WHOLE = """
angkutan antrean bantuan galian kebakaran kecelakaan keluarga kesehatan ketuban melahirkan pegawai
pemadam pemadaman penerimaan petugas terbakar terlantar timbangan
"""
KEPT_WHOLE = frozenset(_WHOLE.split())
"""Words whose stem means something else here: *kebakaran* is a fire, *bakar sampah* is not."""

_ADDRESSED = "pak bu bapak ibu bpk sdr sdri saudara saudari mas mbak kang teh haji ustad ustadz nama bernama"
TITLES = frozenset(_ADDRESSED.split())
"""What a person's name often follows."""

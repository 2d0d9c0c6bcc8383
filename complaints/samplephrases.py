"""What drawn reports say, by category: everyday sentences, many without the words that the rules look for."""

from __future__ import annotations

_TABLE = """
JLN-01: jalan berlubang besar sekali | jalannya rusak parah motor sering jatuh |
    lubang di tengah jalan dalam sekali | aspalnya sudah habis tinggal batu | jalan bolong dalem pisan |
    ban motor saya pecah kena lubang | jalan penuh kubangan kalau hujan jadi lumpur |
    dalane rusak jeglongan kabeh | pengendara sering terperosok | sudah lama tidak diaspal |
    permukaan jalan retak dan ambles | velg penyok gara-gara lubang
JLN-02: trotoar hancur tidak bisa dilewati | keramik trotoar lepas |
    pejalan kaki terpaksa turun ke jalan karena trotoarnya rusak | guiding block hilang |
    trotoar bolong ada anak jatuh | kursi roda tidak bisa lewat trotoar | lantai pedestrian pecah-pecah
JLN-03: jembatan mau putus | jembatan gantung talinya sudah lapuk |
    papan jembatan bolong anak sekolah takut lewat | pagar jembatan hilang | tiang jembatan tergerus arus |
    jembatan ambruk sebelah | sasak rusak teu bisa diliwatan
JLN-04: bekas galian kabel tidak ditutup lagi | galian pipa dibiarkan menganga |
    proyek ditinggal materialnya berserakan | tanah bekas proyek licin | lubang galian tidak ada rambu |
    gali tutup tidak rapi | pasir proyek menutup separuh jalan
PJU-01: lampu jalan mati | lampu pju padam sudah seminggu | gelap sekali kalau malam tidak ada penerangan |
    lampu jalan pareum kabeh | lampune mati peteng | pju tidak nyala rawan begal | lampu kedip-kedip terus |
    sepanjang jalan gelap gulita | bohlam lampu jalan putus | lampu gang teu hurung
PJU-02: tiang lampu miring mau roboh | tiang listrik doyong | tiang keropos di bagian bawah |
    tiang telepon condong ke rumah warga | tiang ditabrak mobil jadi miring |
    tiang besi berkarat hampir jatuh
PJU-03: kabel semrawut di atas jalan | kabel menjuntai kena kepala pengendara | kabel putus melintang |
    kabel wifi kendor nyangkut truk | kabel optik berantakan | banyak kabel ngalewer di tiang
DRN-01: air menggenang di jalan setiap hujan | genangan tidak surut-surut |
    jalan tergenang setinggi mata kaki | kubangan air di depan sekolah |
    sehabis hujan airnya tidak bisa mengalir | cai ngeyembeng wae
DRN-02: got mampet bau | selokan penuh lumpur tidak mengalir | gorong-gorong tersumbat |
    saluran air ketutup bangunan | solokan pinuh runtah | drainase dangkal perlu dikeruk |
    tutup got hilang | air comberan meluap karena mampet | saluran irigasi tersumbat
DRN-03: banjir sudah masuk rumah | air naik terus setinggi lutut | rumah terendam butuh perahu |
    sungai meluap warga mengungsi | caah gede geus asup ka imah | tanggul jebol air masuk kampung |
    banjire wis sak dengkul | butuh evakuasi ada lansia | longsor menutup rumah | banjir rob makin tinggi
SPH-01: sampah menumpuk tidak diangkut | truk sampah tidak datang dua minggu |
    bak sampah penuh meluber ke jalan | sampah numpuk bau menyengat | runtah numpuk bau |
    tumpukan sampah banyak lalat | kontainer penuh berhari-hari | uwuh ora dijupuk |
    plastik dan sisa makanan berserakan
SPH-02: tetangga bakar sampah tiap sore | asap pembakaran masuk rumah | warga membakar plastik bau sekali |
    pabrik bakar limbah asapnya bikin sesak | bakaran sampah di lahan kosong | ngaduruk runtah unggal isuk
SPH-03: lahan kosong jadi tempat sampah liar | orang buang sampah sembarangan ke sungai |
    tps liar di pinggir jalan | mobil pikap buang sampah malam-malam | limbah dibuang ke kali |
    pembuangan liar di kebun | popok dibuang ke sungai
PHN-01: pohon besar miring takut tumbang | dahan pohon kena kabel minta dipangkas | pohon sudah lapuk |
    ranting menjuntai ke jalan | tangkal gede rek rubuh | pohon rimbun menutup rambu |
    mohon pemangkasan pohon
PHN-02: pohon tumbang menutup jalan | pohon roboh menimpa rumah | dahan patah menimpa mobil |
    pohon ambruk kena kabel listrik | tangkal rubuh nutup jalan | ana wit ambruk |
    pohon melintang tidak bisa lewat
PHN-03: taman kotor dan rusak | ayunan di taman patah | bangku taman hancur |
    rumput taman tinggi tidak dirawat | alun-alun kumuh | mainan anak di taman berkarat
LLN-01: macet total tidak bergerak | kemacetan panjang dari pagi | kendaraan tersendat dua kilometer |
    macet parah tidak ada petugas | antrean kendaraan mengular | lalu lintas semrawut jam pulang pabrik
LLN-02: lampu merah mati | traffic light rusak | rambu hilang | bangjo mati kendaraan saling serobot |
    marka jalan sudah pudar | zebra cross tidak terlihat | rambu roboh ditabrak | palang kereta rusak |
    cermin tikungan pecah
LLN-03: parkir liar di bahu jalan | tukang parkir minta lebih | mobil parkir sembarangan |
    jukir liar tidak kasih karcis | truk parkir berhari-hari | motor parkir di trotoar |
    parkiran makan badan jalan
LLN-04: angkot ngetem bikin susah lewat | angkot berhenti seenaknya | elf ngetem di perempatan |
    tarif angkot naik sepihak | bus menurunkan penumpang di tengah jalan |
    terminal sepi angkot mangkal di luar
TRT-01: pkl jualan di trotoar | lapak pedagang makan badan jalan | pedagang kaki lima menutup akses |
    gerobak jualan di bahu jalan | kaki lima balik lagi setelah ditertibkan
TRT-02: tetangga karaoke sampai larut malam | suara musik keras sekali | sound horeg bikin kaca bergetar |
    knalpot brong balapan | bengkel berisik malam hari | gandeng pisan unggal peuting | pabrik bising
TRT-03: banyak pengemis di lampu merah | anak jalanan ngamen memaksa | gelandangan tidur di emperan |
    manusia silver mengganggu | anak punk nongkrong
TRT-04: spanduk liar di mana-mana | baliho roboh | reklame tanpa izin | poster ditempel di pohon |
    papan iklan menutup pandangan | umbul-umbul partai tidak dicopot
TRT-05: warung jual miras | anak muda mabuk-mabukan | ada judi sabung ayam | jual ciu terang-terangan |
    warung remang buka sampai pagi | nongkrong minum tuak
TRT-06: pegawai merokok di ruang tunggu | orang merokok di puskesmas | asap rokok di kantor pelayanan |
    guru ngerokok di sekolah | tidak ada yang menegur perokok
PSR-01: harga beras naik terus | minyak goreng mahal | cabai seratus ribu sekilo | gas melon langka |
    elpiji dijual di atas het | sembako larang pisan | telur naik lagi | pupuk susah dicari |
    gas tiga kilo kosong di pangkalan
PSR-02: atap pasar bocor | toilet pasar jorok | pasar becek dan bau | lampu di dalam pasar mati |
    los pasar kumuh | musala pasar tidak ada air
PSR-03: timbangan pedagang tidak pas | beli sekilo kurang dua ons | timbangan curang |
    takaran bensin kurang | minta tera ulang | bobot barang dikurangi
PSR-04: kios kosong tapi disewakan lagi | retribusi pasar naik | jual beli kios | sewa lapak mahal |
    kios saya dialihkan ke orang lain | pungutan kios tidak jelas
DUK-01: ktp belum jadi sudah tiga bulan | blangko habis katanya | ktp hilang mau cetak ulang |
    perekaman e-ktp antri | nik tidak terdaftar | ktp-el salah nama | rekam identitas belum keluar juga
DUK-02: kk belum jadi | mau pecah kk dipersulit | tambah anggota kk lama | surat pindah belum selesai |
    kartu keluarga salah data | pindah domisili ribet
DUK-03: akta kelahiran anak belum jadi | akte lahir salah tulis | mengurus akta kematian lama |
    akte cerai belum tercatat | akta nikah tidak bisa online
DUK-04: antrean panjang dari subuh | nomor antrean habis jam delapan | loket tutup padahal masih jam kerja |
    antri lama cuma satu loket | kuota online selalu penuh
KES-01: puskesmas obatnya habis | dokter tidak ada di tempat | pasien bpjs ditolak |
    perawat kurang ramah nunggu lama | minta fogging banyak dbd | igd penuh tidak dilayani |
    posyandu tidak ada vaksin | nyamuk banyak sekali
KES-02: butuh ambulans segera | ayah pingsan tidak sadar | tolong jemput pasien sesak napas |
    ibu saya kena stroke | kakek serangan jantung | minta mobil ambulan | orang jatuh tidak sadarkan diri
KES-03: cari kamar icu | rumah sakit penuh butuh rawat inap | igd menolak karena bed penuh |
    butuh ruang nicu untuk bayi | kamar rawat kosong di mana | sudah tiga rs penuh semua
KES-04: istri mau melahirkan butuh kamar | ketuban sudah pecah | bumil kontraksi bidan minta rujuk |
    pesan kamar bersalin | ibu hamil perdarahan | hamil sembilan bulan mulas |
    perlu operasi sesar rs penuh
SOS-01: bansos tidak tepat sasaran | pkh belum cair | nama saya hilang dari penerima bantuan |
    bantuan beras tidak sampai | rumah reyot belum dapat bedah rumah | bpnt saldo kosong
SOS-02: mau urus sktm | kis tidak aktif | bpjs pbi dinonaktifkan | surat tidak mampu dipersulit |
    keluarga miskin tidak terdata | butuh keterangan tidak mampu untuk kuliah
SOS-03: ada orang terlantar | odgj mengamuk | nenek hidup sendiri tidak ada yang urus | bayi dibuang |
    kakek linglung tidak tahu pulang | lansia tidur di emperan toko kelaparan | orang gila telanjang
DIK-01: zonasi tidak adil | anak saya tidak diterima ppdb | jarak rumah dekat tapi tidak lolos |
    jalur prestasi aneh | server spmb error | ada siswa titipan
DIK-02: atap kelas bocor | gedung sekolah mau roboh | bangku sekolah kurang | guru kurang |
    toilet sekolah rusak | plafon sd jatuh | makan bergizi basi
DIK-03: sekolah minta uang bangku | sumbangan komite dipaksa | ijazah ditahan |
    wajib beli seragam di sekolah | iuran perpisahan mahal | disuruh beli lks
IZN-01: izin usaha lama keluar | nib error di oss | minimarket tanpa izin | usaha laundry tidak berizin |
    urus pirt bolak-balik | toko modern dekat pasar tidak ada izin
IZN-02: bangunan tanpa imb | bangun ruko di atas saluran | tower didirikan tanpa persetujuan warga |
    pbg lama | bangunan melanggar sempadan | perumahan dibangun di sawah
UTL-01: air pdam mati tiga hari | air ledeng keruh | pipa bocor air terbuang | air tidak keluar dari keran |
    tagihan air melonjak | cai pdam pareum | krisis air bersih | meteran air rusak | air bau kaporit
UTL-02: listrik padam dari pagi | mati lampu terus | trafo meledak | token listrik tidak masuk |
    gardu bunyi | aliran listrik turun naik | pemadaman tanpa pemberitahuan | pln belum datang juga
UTL-03: internet mati | wifi gratis tidak bisa dipakai | sinyal hilang satu kampung | jaringan lemot |
    blank spot tidak ada sinyal | indihome gangguan seminggu
DRT-01: kebakaran rumah | api membesar | ada kebakaran tolong damkar | gudang terbakar asap tebal |
    korsleting api di atap | lahan terbakar merembet | imah kahuruan | omah kobongan |
    kompor meledak api ke mana-mana
DRT-02: kecelakaan motor lawan truk | ada tabrakan korban luka | tabrak lari | truk terguling |
    orang ketabrak mobil | motor jatuh kepala berdarah | bus masuk jurang
DRT-03: ular masuk rumah | ada ular kobra | sarang tawon besar di atap | buaya muncul di sungai |
    anjing gila menggigit warga | oray gede di dapur | monyet liar masuk kampung
DRT-04: ada begal | motor saya dicuri | maling masuk rumah | tawuran pelajar bawa celurit | pembacokan |
    dijambret | preman memalak sopir | kdrt tetangga teriak | toko dirampok
DRT-05: tombol panik ditekan | saya diancam | nyawa saya terancam | saya disekap | panic button
APR-01: petugas minta uang pelicin | dimintai uang urus ktp | oknum minta bayar di bawah meja |
    ada calo di kantor | urus surat dipungut biaya tanpa kwitansi | pungli di kelurahan
APR-02: petugas galak dan judes | pegawai tidak di tempat jam kerja | lurah susah ditemui |
    pelayanan lambat pegawai main hp | dibentak petugas loket | kantor desa kosong jam sepuluh
APR-03: kades korupsi dana desa | proyek fiktif | ada suap lelang |
    pejabat menerima hadiah dari kontraktor | jual beli jabatan | anggaran dimark up
LAIN: usul perpustakaan keliling | terima kasih pelayanannya bagus | kapan hari jadi kabupaten |
    minta jadwal kegiatan bupati | mau tanya syarat magang | saran untuk website
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    """A row begins with its code; what is indented goes on with the row above."""
    rows = table.strip().replace("\n    ", " ").splitlines()
    parts = (row.split(":", 1) for row in rows)
    return {code: tuple(phrase.strip() for phrase in phrases.split("|")) for code, phrases in parts}


PHRASES = _read(_TABLE)
"""The sentences of each category's code."""

//! The identity of a plugin as bytes in its file: `benchhost/note.h` says what they mean.

/// What the note says of a plugin.
pub struct Lines {
    pub id: &'static str,
    pub version: &'static str,
    pub vendor: &'static str,
    pub licence: &'static str,
    pub url: &'static str,
    pub isa: &'static str,
}

const OS: &str = if cfg!(target_os = "android") {
    "android"
} else if cfg!(target_os = "linux") {
    "linux"
} else if cfg!(target_os = "freebsd") {
    "freebsd"
} else if cfg!(target_os = "windows") {
    "windows"
} else if cfg!(target_os = "macos") {
    "macos"
} else {
    panic!("benchhost: name this operating system in note.rs")
};
const ARCH: &str = if cfg!(target_arch = "x86_64") {
    "x86_64"
} else if cfg!(target_arch = "aarch64") {
    "aarch64"
} else if cfg!(target_arch = "riscv64") {
    "riscv64"
} else if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
    "ppc64le"
} else if cfg!(target_arch = "loongarch64") {
    "loongarch64"
} else {
    panic!("benchhost: name this architecture in note.rs")
};
const ABI: &str = "0.1";
const _: () = assert!(crate::raw::BH_ABI_MAJOR == 0 && crate::raw::BH_ABI_MINOR == 1);

/// What the compiler was told to use, in the words of requirements.
#[allow(clippy::too_many_arguments)]
pub const fn isa(avx512_all: bool, avx512f: bool, avx2: bool, avx: bool, sse42: bool, sve2: bool, sve: bool) -> &'static str {
    if avx512_all {
        "x86-64-v4"
    } else if avx512f {
        "x86-64-v3,avx512f"
    } else if avx2 {
        "x86-64-v3"
    } else if avx {
        "x86-64-v2,avx"
    } else if sse42 {
        "x86-64-v2"
    } else if cfg!(target_arch = "x86_64") {
        "x86-64-v1"
    } else if sve2 {
        "sve2"
    } else if sve {
        "sve"
    } else {
        "base"
    }
}

/// Of the SDK; the same as BH_SDK_VERSION.
pub const SDK_VERSION: &str = "0.1.0";

type Pieces = [&'static str; 26];

impl Lines {
    const fn pieces(&self) -> Pieces {
        [
            crate::raw::BH_NOTE_MAGIC, "id=", self.id, "\nversion=", self.version, "\nvendor=", self.vendor, "\nlicence=",
            self.licence, "\nurl=", self.url, "\nsdk=", SDK_VERSION, "\nabi=", ABI, "-", ABI, "\nos=", OS, "\narch=", ARCH,
            "\nisa=", self.isa, "\ninit=", "none", "\n\0",
        ]
    }

    /// Bytes of the text with its 0. Does not compile where a line is missing, breaks, or the text is too long.
    pub const fn size(&self) -> usize {
        assert_line(self.id);
        assert_line(self.version);
        assert_line(self.vendor);
        assert_line(self.licence);
        assert_no_control(self.url);
        let pieces = self.pieces();
        let (mut i, mut bytes) = (0, 0);
        while i < pieces.len() {
            bytes += pieces[i].len();
            i += 1;
        }
        assert!(bytes <= crate::raw::BH_NOTE_MAX_BYTES as usize, "the note is too long");
        bytes
    }

    const fn text<const N: usize>(&self) -> [u8; N] {
        let pieces = self.pieces();
        let mut text = [0u8; N];
        let (mut i, mut at) = (0, 0);
        while i < pieces.len() {
            let piece = pieces[i].as_bytes();
            let mut j = 0;
            while j < piece.len() {
                text[at] = piece[j];
                j += 1;
                at += 1;
            }
            i += 1;
        }
        text
    }
}

const fn assert_no_control(line: &str) {
    let mut i = 0;
    while i < line.len() {
        assert!(line.as_bytes()[i] >= 0x20 && line.as_bytes()[i] != 0x7f, "a line of the note has a control character");
        i += 1;
    }
}

const fn assert_line(line: &str) {
    assert!(!line.is_empty(), "id, version, vendor and licence are mandatory");
    assert_no_control(line);
}

/// The bytes of the section: with the head of an ELF note, or the text alone where sections have no format of their own.
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
#[repr(C, align(4))]
pub struct Note<const N: usize> {
    sizes: [u32; 3],
    name: [u8; 12],
    text: [u8; N],
}

#[cfg(any(target_os = "windows", target_os = "macos"))]
#[repr(C)]
pub struct Note<const N: usize> {
    text: [u8; N],
}

impl<const N: usize> Note<N> {
    #[cfg(not(any(target_os = "windows", target_os = "macos")))]
    pub const fn new(lines: &Lines) -> Self {
        let name = *b"benchhost\0\0\0";
        let name_bytes = crate::raw::BH_NOTE_ELF_NAME.len() as u32 + 1;
        Note { sizes: [name_bytes, N as u32, crate::raw::BH_NOTE_ELF_TYPE], name, text: lines.text() }
    }

    #[cfg(any(target_os = "windows", target_os = "macos"))]
    pub const fn new(lines: &Lines) -> Self {
        Note { text: lines.text() }
    }

    /// As the entry answers it.
    pub fn text(&'static self) -> *const std::os::raw::c_char {
        self.text.as_ptr().cast()
    }
}

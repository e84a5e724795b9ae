//! Programs: one entry point in several dialects, built for a device, and the values that it is run with.

use std::cell::RefCell;
use std::ffi::CString;
use std::os::raw::{c_char, c_void};
use std::rc::Rc;

use crate::buffer::{Buffer, BufferCore};
use crate::device::{device_call, device_try, DeviceCore};
use crate::error::{c_text, text_of, Error, Result};
use crate::host::granted;
use crate::native::{Native, NativeArgs, NativeRange};
use crate::raw::{self, sized};

mod sealed {
    pub trait Sealed {}
}

/// Numbers that programs take: 32 and 64 bits.
pub trait Scalar: sealed::Sealed + Copy + 'static {
    #[doc(hidden)]
    fn arg(self) -> Arg<'static>;
}

/// A parameter of a program, in the order in which every dialect has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A buffer that the program only reads.
    Read,
    Write,
    ReadWrite,
    I32,
    U32,
    F32,
    I64,
    U64,
    F64,
}

/// The value of a parameter.
#[derive(Clone, Copy)]
pub enum Arg<'b> {
    Buffer(&'b Buffer),
    I32(i32),
    U32(u32),
    F32(f32),
    I64(i64),
    U64(u64),
    F64(f64),
}

macro_rules! scalars {
    ($($type:ty, $name:ident);+) => { $(
        impl sealed::Sealed for $type {}
        impl Scalar for $type {
            fn arg(self) -> Arg<'static> {
                Arg::$name(self)
            }
        }
        impl From<$type> for Arg<'_> {
            fn from(value: $type) -> Self {
                Arg::$name(value)
            }
        }
    )+ };
}
scalars!(i32, I32; u32, U32; f32, F32; i64, I64; u64, U64; f64, F64);

impl<'b> From<&'b Buffer> for Arg<'b> {
    fn from(buffer: &'b Buffer) -> Self {
        Arg::Buffer(buffer)
    }
}

impl Parameter {
    fn number(self) -> u32 {
        match self {
            Parameter::Read => raw::BH_ARG_BUFFER_READ,
            Parameter::Write => raw::BH_ARG_BUFFER_WRITE,
            Parameter::ReadWrite => raw::BH_ARG_BUFFER_READ_WRITE,
            Parameter::I32 => raw::BH_SCALAR_I32,
            Parameter::U32 => raw::BH_SCALAR_U32,
            Parameter::F32 => raw::BH_SCALAR_F32,
            Parameter::I64 => raw::BH_SCALAR_I64,
            Parameter::U64 => raw::BH_SCALAR_U64,
            Parameter::F64 => raw::BH_SCALAR_F64,
        }
    }
    fn is_buffer(self) -> bool {
        matches!(self, Parameter::Read | Parameter::Write | Parameter::ReadWrite)
    }
}

impl Arg<'_> {
    /// Of a scalar: its type, and its bytes first in a word.
    fn scalar(&self) -> Option<(Parameter, u64)> {
        Some(match self {
            Arg::Buffer(_) => return None,
            Arg::I32(value) => (Parameter::I32, u64::from(*value as u32)),
            Arg::U32(value) => (Parameter::U32, u64::from(*value)),
            Arg::F32(value) => (Parameter::F32, u64::from(value.to_bits())),
            Arg::I64(value) => (Parameter::I64, *value as u64),
            Arg::U64(value) => (Parameter::U64, *value),
            Arg::F64(value) => (Parameter::F64, value.to_bits()),
        })
    }
    /// Errors: not what the parameter takes. The host cannot see the type of a scalar, and reads as many bytes as it
    /// has.
    fn fits(&self, parameter: Parameter, place: usize) -> Result<()> {
        let fits = self.scalar().map_or(parameter.is_buffer(), |(own, _)| own == parameter);
        if fits {
            return Ok(());
        }
        let given = self.scalar().map_or("a buffer".to_string(), |(own, _)| format!("{own:?}"));
        Err(Error::argument(format!("argument {place} is {given}, and the parameter is {parameter:?}")))
    }
}
const _: () = assert!(cfg!(target_endian = "little"), "the bytes of a scalar are the first ones of a word");

struct Dialect<'s> {
    name: &'static str,
    entry: Option<CString>,
    needs: Option<CString>,
    code: (*const c_void, usize),
    native: raw::bh_native_fn_t,
    _text: std::marker::PhantomData<&'s ()>,
}

/// A program in several dialects, put together step by step. The device takes the first of its own liking.
pub struct Source<'s> {
    name: CString,
    group: [u32; 3],
    flags: u32,
    dialects: Vec<Dialect<'s>>,
    constants: Vec<(CString, Parameter, u64)>,
}

impl<'s> Source<'s> {
    /// `name`: the entry point, and the name in logs.
    pub fn new(name: &str) -> Self {
        Source { name: c_text(name), group: [1, 1, 1], flags: 0, dialects: Vec::new(), constants: Vec::new() }
    }
    /// Items of a group; every dialect sees them as `BH_GROUP_X`, `BH_GROUP_Y`, `BH_GROUP_Z`.
    pub fn group(mut self, size: [u32; 3]) -> Self {
        self.group = size;
        self
    }
    /// `raw::BH_BUILD_*`, joined.
    pub fn flags(mut self, flags: u32) -> Self {
        self.flags = flags;
        self
    }
    pub fn opencl_c(self, text: &'s str) -> Self {
        self.text(raw::BH_DIALECT_OPENCL_C, text)
    }
    pub fn cuda_c(self, text: &'s str) -> Self {
        self.text(raw::BH_DIALECT_CUDA_C, text)
    }
    pub fn wgsl(self, text: &'s str) -> Self {
        self.text(raw::BH_DIALECT_WGSL, text)
    }
    /// Entry "main", as glslang makes it.
    pub fn spirv_vulkan(self, words: &'s [u32]) -> Self {
        self.words(raw::BH_DIALECT_SPIRV_VULKAN, words).entry("main")
    }
    pub fn spirv_opencl(self, words: &'s [u32]) -> Self {
        self.words(raw::BH_DIALECT_SPIRV_OPENCL, words)
    }
    /// A function of the plugin, or a closure that captures nothing. Must not call the host, block or allocate.
    pub fn native<F>(self, function: F) -> Self
    where
        F: Fn(&NativeRange, &NativeArgs) + Copy + Send + Sync + 'static,
    {
        self.add(raw::BH_DIALECT_NATIVE, (std::ptr::null(), 0), Native::function(function))
    }
    /// Of the dialect that was added last: its entry point, where it is another than the name.
    pub fn entry(mut self, entry: &str) -> Self {
        self.last().entry = Some(c_text(entry));
        self
    }
    /// Of the dialect that was added last: a requirement on the device, "'fp64' in types".
    pub fn needs(mut self, expression: &str) -> Self {
        self.last().needs = Some(c_text(expression));
        self
    }
    /// Fixed when it is built; every dialect sees the same value. Ids count from 1 in order of the calls.
    pub fn constant(mut self, name: &str, value: impl Scalar) -> Self {
        if let Some((kind, bits)) = value.arg().scalar() {
            self.constants.push((c_text(name), kind, bits));
        }
        self
    }

    fn last(&mut self) -> &mut Dialect<'s> {
        self.dialects.last_mut().expect("entry and needs are of the dialect that was added last, and there is none")
    }
    fn text(self, dialect: &'static str, text: &'s str) -> Self {
        self.add(dialect, (text.as_ptr().cast(), text.len()), None)
    }
    fn words(self, dialect: &'static str, words: &'s [u32]) -> Self {
        self.add(dialect, (words.as_ptr().cast(), std::mem::size_of_val(words)), None)
    }
    fn add(mut self, name: &'static str, code: (*const c_void, usize), native: raw::bh_native_fn_t) -> Self {
        self.dialects.push(Dialect { name, entry: None, needs: None, code, native, _text: std::marker::PhantomData });
        self
    }
}

/// How a program was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildInfo {
    /// The dialect that the device took.
    pub dialect: &'static str,
    /// A cache answered, as far as it can be known.
    pub from_cache: bool,
    /// The API compiles (some of it) at the first dispatch: warm up.
    pub lazily: bool,
    /// None: not known before dispatch.
    pub group_items_max: Option<u32>,
    pub build_ns: i64,
    /// The compiler's words.
    pub log: String,
}

struct ProgramCore {
    device: Rc<DeviceCore>,
    raw: *mut raw::bh_program_t,
    parameters: Vec<Parameter>,
}

impl Drop for ProgramCore {
    fn drop(&mut self) {
        // Its arguments keep it, so they are gone.
        if self.device.settled_for_drop() {
            let _ = device_call!(*self.device, program_destroy, self.raw);
        }
    }
}

/// A program that was built: `Device::build`.
pub struct Program {
    core: Rc<ProgramCore>,
    info: BuildInfo,
}

impl Program {
    pub(crate) fn build(device: &Rc<DeviceCore>, source: &Source, parameters: &[Parameter]) -> Result<Program> {
        let names: Vec<CString> = source.dialects.iter().map(|dialect| c_text(dialect.name)).collect();
        let pointer = |text: &Option<CString>| text.as_ref().map_or(std::ptr::null::<c_char>(), |text| text.as_ptr());
        let sources: Vec<raw::bh_source_t> = source
            .dialects
            .iter()
            .zip(&names)
            .map(|(dialect, name)| raw::bh_source_t {
                dialect: name.as_ptr(),
                entry: pointer(&dialect.entry),
                needs: pointer(&dialect.needs),
                code: raw::bh_bytes_t { data: dialect.code.0, size_bytes: dialect.code.1 as u64 },
                native: dialect.native,
                ..sized()
            })
            .collect();
        let constants: Vec<raw::bh_constant_t> = source
            .constants
            .iter()
            .zip(1..)
            .map(|((name, kind, bits), id)| raw::bh_constant_t {
                ty: kind.number(),
                name: name.as_ptr(),
                value: (bits as *const u64).cast(),
                id,
                ..sized()
            })
            .collect();
        let types: Vec<u32> = parameters.iter().map(|parameter| parameter.number()).collect();
        let desc = raw::bh_program_desc_t {
            flags: source.flags,
            name: source.name.as_ptr(),
            sources: raw::bh_source_list_t {
                items: sources.as_ptr(),
                count: sources.len() as u32,
                stride: std::mem::size_of::<raw::bh_source_t>() as u32,
            },
            constants: raw::bh_constant_list_t {
                items: constants.as_ptr(),
                count: constants.len() as u32,
                stride: std::mem::size_of::<raw::bh_constant_t>() as u32,
            },
            arg_types: types.as_ptr(),
            arg_count: types.len() as u32,
            group_size: source.group,
            ..sized()
        };
        let mut info: raw::bh_build_info_t = sized();
        let mut built = std::ptr::null_mut();
        // All that desc points to lives through the call, and the host keeps none of it.
        let status = device_call!(*device, program_build, device.raw, &desc, &mut info, &mut built)?;
        // Filled also when the build failed; valid until the next one.
        let log = unsafe { text_of(info.log) }.to_string();
        if status != raw::BH_OK {
            let error = device.error(status, &source.name.to_string_lossy());
            return Err(if log.is_empty() { error } else { Error::new(status, format!("{error}\n{log}")) });
        }
        let raw = granted(built, "program_build")?;
        let info = BuildInfo {
            dialect: source.dialects.get(info.source_index as usize).map_or("", |dialect| dialect.name),
            from_cache: info.flags & raw::BH_BUILT_FROM_CACHE != 0,
            lazily: info.flags & raw::BH_BUILT_LAZILY != 0,
            group_items_max: Some(info.group_items_max).filter(|items| *items != 0),
            build_ns: info.build_ns,
            log,
        };
        let core = ProgramCore { device: Rc::clone(device), raw, parameters: parameters.to_vec() };
        Ok(Program { core: Rc::new(core), info })
    }
    pub fn info(&self) -> &BuildInfo {
        &self.info
    }
    /// One value for each parameter, in order, of exactly its type. The buffers are kept with the values.
    pub fn bind(&self, values: &[Arg]) -> Result<Args> {
        let core = &self.core;
        if values.len() != core.parameters.len() {
            return Err(Error::argument(format!(
                "{} arguments for {} parameters",
                values.len(),
                core.parameters.len()
            )));
        }
        for (place, (value, parameter)) in values.iter().zip(&core.parameters).enumerate() {
            value.fits(*parameter, place)?;
        }
        let scalars: Vec<u64> = values.iter().map(|value| value.scalar().map_or(0, |(_, bits)| bits)).collect();
        let list: Vec<raw::bh_arg_t> = values.iter().zip(&scalars).map(|(value, bits)| raw_arg(value, bits)).collect();
        let buffers = values.iter().map(|value| kept(value)).collect::<Vec<_>>();
        for buffer in buffers.iter().flatten() {
            buffer.usable_by(&core.device)?;
        }
        let mut args = std::ptr::null_mut();
        // Scalars are copied before it returns.
        device_try!(*core.device, args_create, core.raw, list.as_ptr(), list.len() as u64, &mut args)?;
        Ok(Args { raw: granted(args, "args_create")?, program: Rc::clone(core), buffers: RefCell::new(buffers) })
    }
}

fn raw_arg(value: &Arg, bits: &u64) -> raw::bh_arg_t {
    match value {
        Arg::Buffer(buffer) => raw::bh_arg_t { buffer: buffer.core.raw, scalar: std::ptr::null() },
        _ => raw::bh_arg_t { buffer: std::ptr::null_mut(), scalar: (bits as *const u64).cast() },
    }
}

fn kept(value: &Arg) -> Option<Rc<BufferCore>> {
    match value {
        Arg::Buffer(buffer) => Some(Rc::clone(&buffer.core)),
        _ => None,
    }
}

/// The values that a program is run with: `Program::bind`. Keeps the program and the buffers.
pub struct Args {
    raw: *mut raw::bh_args_t,
    program: Rc<ProgramCore>,
    buffers: RefCell<Vec<Option<Rc<BufferCore>>>>,
}

impl Args {
    #[inline]
    pub(crate) fn raw(&self) -> *mut raw::bh_args_t {
        self.raw
    }
    #[inline]
    pub(crate) fn usable_by(&self, device: &DeviceCore) -> Result<()> {
        if !std::ptr::eq(&*self.program.device, device) {
            return Err(Error::argument("the arguments are of another device"));
        }
        if device.maps.get() > 0 {
            for buffer in self.buffers.borrow().iter().flatten() {
                buffer.usable_by(device)?;
            }
        }
        Ok(())
    }
    /// Changes one value for later dispatches; those enqueued keep what they had. A buffer may cost an allocation, and
    /// the old one waits for what still uses it when it is dropped.
    pub fn set<'b>(&self, place: usize, value: impl Into<Arg<'b>>) -> Result<()> {
        let (value, device) = (value.into(), &self.program.device);
        let parameter = self.program.parameters.get(place).copied();
        let parameter = parameter.ok_or_else(|| Error::argument(format!("the program has no parameter {place}")))?;
        value.fits(parameter, place)?;
        let buffer = kept(&value);
        if let Some(buffer) = &buffer {
            buffer.usable_by(device)?;
        }
        let bits = value.scalar().map_or(0, |(_, bits)| bits);
        let raw = raw_arg(&value, &bits);
        device_try!(*device, args_set, self.raw, place as u64, &raw)?;
        if buffer.is_some() {
            let old = std::mem::replace(&mut self.buffers.borrow_mut()[place], buffer);
            drop(old);
        }
        Ok(())
    }
}

impl Drop for Args {
    fn drop(&mut self) {
        if self.program.device.settled_for_drop() {
            let _ = device_call!(*self.program.device, args_destroy, self.raw);
        }
    }
}

// SPDX-License-Identifier: MIT
//
// benchhost/cpp/device.hpp: device.h for C++17: handles that close themselves, typed values, failures as exceptions
// (thrown and caught inside the plugin, see plugin.hpp). Included as <benchhost/device.hpp>. Adds no call to what the C
// table does.
//
// Members are destroyed in the reverse order of their declaration: declare device, buffers, programs, args in this
// order, so that args go before what they name. The host has finished all queues before teardown, also after a failed
// run.
//
//   Device d{p.host, p.device(0)};                         // p: bb::Prepare, in the constructor
//   auto out = d.buffer(bytes);
//   auto program = d.build(Source("peak").opencl_c(text).native(fn).constant("CHAINS", 4u),
//                          {BH_ARG_BUFFER_WRITE, BH_SCALAR_F32});
//   auto args = program.bind(out, 1.0f);
//   d.dispatch(args, {groups, 1, 1});                      // in run
//   d.finish(); auto got = d.read<float>(out, count);      // in verify
#ifndef BENCHHOST_CPP_DEVICE_HPP
#define BENCHHOST_CPP_DEVICE_HPP

#include <benchhost/device.h>
#include <benchhost/cpp/base.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace benchhost {

/// BH_SCALAR_* of a C++ type; other types do not compile.
template <class T>
constexpr std::uint32_t scalar_type() {
  static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && (sizeof(T) == 4 || sizeof(T) == 8),
                "device scalars are 32- or 64-bit integers and floats");
  if constexpr (std::is_floating_point_v<T>)
    return sizeof(T) == 4 ? BH_SCALAR_F32 : BH_SCALAR_F64;
  else if constexpr (std::is_signed_v<T>)
    return sizeof(T) == 4 ? BH_SCALAR_I32 : BH_SCALAR_I64;
  else
    return sizeof(T) == 4 ? BH_SCALAR_U32 : BH_SCALAR_U64;
}

/// A handle of the table that is destroyed with its owner. Moves; empty after that.
template <class T>
class Handle {
 public:
  using Destroy = void(BH_CALL*)(T*);
  Handle() = default;
  Handle(T* raw, Destroy destroy) : raw_(raw), destroy_(destroy) {}
  Handle(Handle&& o) noexcept : raw_(std::exchange(o.raw_, nullptr)), destroy_(o.destroy_) {}
  Handle& operator=(Handle&& o) noexcept {
    std::swap(raw_, o.raw_);
    std::swap(destroy_, o.destroy_);
    return *this;
  }
  ~Handle() {
    if (raw_) destroy_(raw_);
  }
  T* get() const { return raw_; }
  explicit operator bool() const { return raw_ != nullptr; }

 private:
  T* raw_ = nullptr;
  Destroy destroy_ = nullptr;
};
using Buffer = Handle<bh_buffer_t>;
using Queue = Handle<bh_queue_t>;
using Event = Handle<bh_event_t>;
using Args = Handle<bh_args_t>;

/// A program in several dialects, put together step by step. Texts must outlive build.
class Source {
 public:
  explicit Source(const char* name, std::array<std::uint32_t, 3> group = {1, 1, 1}) : name_(name), group_(group) {}
  Source& add(const char* dialect, const void* data, std::size_t bytes, const char* entry = nullptr,
              const char* needs = nullptr, bh_native_fn_t function = nullptr) {
    auto s = sized<bh_source_t>();
    s.dialect = dialect;
    s.entry = entry;
    s.needs = needs;
    s.code = {data, bytes};
    s.native = function;
    sources_.push_back(s);
    return *this;
  }
  Source& opencl_c(std::string_view t, const char* needs = nullptr) {
    return add(BH_DIALECT_OPENCL_C, t.data(), t.size(), nullptr, needs);
  }
  Source& cuda_c(std::string_view t, const char* needs = nullptr) {
    return add(BH_DIALECT_CUDA_C, t.data(), t.size(), nullptr, needs);
  }
  Source& wgsl(std::string_view t, const char* needs = nullptr) {
    return add(BH_DIALECT_WGSL, t.data(), t.size(), nullptr, needs);
  }
  Source& native(bh_native_fn_t f, const char* needs = nullptr) {
    return add(BH_DIALECT_NATIVE, nullptr, 0, nullptr, needs, f);
  }
  /// Entry "main", as glslang makes it.
  template <std::size_t N>
  Source& spirv_vulkan(const std::uint32_t (&words)[N], const char* needs = nullptr) {
    return add(BH_DIALECT_SPIRV_VULKAN, words, sizeof words, "main", needs);
  }
  /// Ids count from 1 in order of the calls.
  template <class T>
  Source& constant(const char* name, T value) {
    auto c = sized<bh_constant_t>();
    c.type = scalar_type<T>();
    c.name = name;
    c.id = static_cast<std::uint32_t>(constants_.size() + 1);
    values_.push_back(std::make_unique<std::uint64_t>());
    std::memcpy(values_.back().get(), &value, sizeof value);
    c.value = values_.back().get();
    constants_.push_back(c);
    return *this;
  }

 private:
  friend class Device;
  const char* name_;
  std::array<std::uint32_t, 3> group_;
  std::vector<bh_source_t> sources_;
  std::vector<bh_constant_t> constants_;
  std::vector<std::unique_ptr<std::uint64_t>> values_;
};

/// What a device can do, bound to one device of bh_prepare. Copies freely; owns nothing.
class Device {
 public:
  Device(const bh_host_t* host, const bh_device_t* device)
      : api(static_cast<const bh_device_api_t*>(host->extension(host, BH_EXT_DEVICE))), raw(device) {
    if (!api) throw Error(BH_E_UNSUPPORTED, "this host has no " BH_EXT_DEVICE);
    if (!raw) throw Error(BH_E_ARGUMENT, "the device slot is empty");
    main = api->main_queue(raw);
  }
  const bh_device_api_t* api;
  const bh_device_t* raw;
  bh_queue_t* main;

  /// Turns a failed call into an Error with the device's text.
  void check(bh_status_t status, const char* what) const {
    if (status != BH_OK) throw Error(status, std::string(what) + ": " + api->last_error(raw));
  }
  std::int64_t cap(const char* name, std::int64_t absent) const {
    auto c = sized<bh_cap_t>();
    return api->cap(raw, name, &c) == BH_OK ? c.integer : absent;
  }
  Buffer buffer(std::uint64_t bytes, std::uint32_t kind = BH_BUFFER_DEVICE, std::uint32_t access = 0,
                std::uint32_t flags = 0) const {
    auto d = sized<bh_buffer_desc_t>();
    d.kind = kind;
    d.size_bytes = bytes;
    d.host_access = access;
    d.flags = flags;
    bh_buffer_t* b = nullptr;
    check(api->buffer_create(raw, &d, &b), "buffer_create");
    return {b, api->buffer_destroy};
  }
  Queue queue(std::uint32_t flags = 0) const {
    bh_queue_t* q = nullptr;
    check(api->queue_create(raw, flags, &q), "queue_create");
    return {q, api->queue_destroy};
  }
  Event event(std::uint32_t flags = 0) const {
    bh_event_t* e = nullptr;
    check(api->event_create(raw, flags, &e), "event_create");
    return {e, api->event_destroy};
  }

  class Program : public Handle<bh_program_t> {
   public:
    Program() = default;
    Program(const Device& d, bh_program_t* p, const bh_build_info_t& i)
        : Handle(p, d.api->program_destroy), info(i), device_(&*d.api), raw_(d.raw) {}
    /// One argument per parameter, in order: a Buffer, or a number of exactly the declared type.
    template <class... T>
    Args bind(const T&... values) const {
      const bh_arg_t list[sizeof...(T) + 1] = {arg(values)...};
      bh_args_t* a = nullptr;
      if (bh_status_t s = device_->args_create(get(), list, sizeof...(T), &a); s != BH_OK)
        throw Error(s, std::string("args_create: ") + device_->last_error(raw_));
      return {a, device_->args_destroy};
    }
    bh_build_info_t info{};  ///< log is gone by then
   private:
    static bh_arg_t arg(const Buffer& b) { return {b.get(), nullptr}; }
    template <class T>
    static bh_arg_t arg(const T& v) {
      (void)scalar_type<T>();
      return {nullptr, &v};
    }
    const bh_device_api_t* device_ = nullptr;
    const bh_device_t* raw_ = nullptr;
  };
  Program build(const Source& s, std::initializer_list<std::uint32_t> args, std::uint32_t flags = 0) const {
    auto d = sized<bh_program_desc_t>();
    d.flags = flags;
    d.name = s.name_;
    d.sources = {s.sources_.data(), static_cast<std::uint32_t>(s.sources_.size()), sizeof(bh_source_t)};
    d.constants = {s.constants_.data(), static_cast<std::uint32_t>(s.constants_.size()), sizeof(bh_constant_t)};
    d.arg_types = args.begin();
    d.arg_count = static_cast<std::uint32_t>(args.size());
    std::memcpy(d.group_size, s.group_.data(), sizeof d.group_size);
    auto info = sized<bh_build_info_t>();
    bh_program_t* p = nullptr;
    if (bh_status_t e = api->program_build(raw, &d, &info, &p); e != BH_OK)
      throw Error(e,
                  std::string(s.name_) + ": " + api->last_error(raw) + (info.log ? std::string("\n") + info.log : ""));
    return {*this, p, info};
  }
  template <class T>
  void set(const Args& a, std::uint64_t index, const T& value) const {
    (void)scalar_type<T>();
    const bh_arg_t v = {nullptr, &value};
    check(api->args_set(a.get(), index, &v), "args_set");
  }
  void dispatch(const Args& a, const std::array<std::uint32_t, 3>& groups, const Event* e = nullptr) const {
    check(api->dispatch(main, a.get(), groups.data(), e ? e->get() : nullptr), "dispatch");
  }
  void copy(const Buffer& from, const Buffer& to, std::uint64_t bytes) const {
    check(api->copy(main, from.get(), 0, to.get(), 0, bytes, nullptr), "copy");
  }
  void fill(const Buffer& b, std::uint64_t bytes, std::uint32_t pattern) const {
    check(api->fill(main, b.get(), 0, bytes, pattern, nullptr), "fill");
  }
  void finish() const { check(api->queue_finish(main), "queue_finish"); }
  /// Writes and waits.
  void write(const Buffer& b, const void* data, std::uint64_t bytes) const {
    check(api->write(main, b.get(), 0, data, bytes, nullptr), "write");
    finish();
  }
  /// Reads count items from the beginning and waits.
  template <class T>
  std::vector<T> read(const Buffer& b, std::size_t count) const {
    std::vector<T> out(count);
    check(api->read(main, b.get(), 0, out.data(), count * sizeof(T), nullptr), "read");
    finish();
    return out;
  }
  /// True if the last queue run was held back until all of it was enqueued.
  bool gated() const {
    auto s = sized<bh_span_t>();
    return api->last_span(raw, &s) == BH_OK && (s.flags & BH_SPAN_GATED);
  }
};
using Program = Device::Program;

}  // namespace benchhost

#endif  // BENCHHOST_CPP_DEVICE_HPP

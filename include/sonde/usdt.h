// USDT: probes that programs carry for tracers, in a file or in all files of a running process.
//
//   auto usdt = sonde::Usdt::of_path("/usr/bin/node");       // or of_process(181)
//   usdt->enable("gc__start", "on_gc");  // the C function on_gc reads arguments with bpf_usdt_readarg()
//   CompileOptions options;  options.usdt = {*usdt};
//   auto session = Session::load(*compile(source, options));
//   session->attach_usdt(*usdt);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sonde/result.h"

namespace [[gnu::visibility("default")]] sonde {

namespace usdt {
struct Context;
}

class Usdt {
 public:
  // A program's or library's path or name; with a pid, as that process sees it.
  static Result<Usdt> of_path(const std::string& path, int pid = -1);
  // Every file with code that the process has mapped.
  static Result<Usdt> of_process(int pid);

  // `probe` is "name" or "provider:name". kNotFound names the nearest; kInvalid when several providers have the name.
  Status enable(const std::string& probe, const std::string& program);

  // The same probes, enabled as they are, for attaching in every process that runs their files.
  Usdt in_any_process() const;

  // The C text that bpf_usdt_readarg() of the enabled probes' programs calls.
  Result<std::string> readers() const;

  const usdt::Context& context() const { return *context_; }
  usdt::Context& context() { return *context_; }

 private:
  explicit Usdt(std::shared_ptr<usdt::Context> context) : context_(std::move(context)) {}
  std::shared_ptr<usdt::Context> context_;
};

}  // namespace sonde

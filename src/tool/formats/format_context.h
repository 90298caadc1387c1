// What showing a value may take beside its bytes: clocks, names of addresses and of disks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sonde/symbols.h"
#include "tool/formats/dns_names.h"

namespace sonde::tool {

inline constexpr int kKernelStacks = -1;  // in the place of a process

// Where that comes from: this machine, or a recording of what another one answered.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual uint64_t monotonic_ns() = 0;  // as bpf_ktime_get_ns()
  virtual uint64_t real_ns() = 0;       // since 1970
  // Of a function of process `pid`, or of the kernel. Its texts live as long as the machine.
  virtual Symbol symbol(int pid, uint64_t address) = 0;
  virtual std::string disk_name(uint32_t kernel_dev) = 0;
  virtual std::string file(const std::string& path) = 0;  // of /proc; empty: it cannot be read
};

std::unique_ptr<Machine> this_machine();

class FormatContext {
 public:
  FormatContext() : FormatContext(this_machine()) {}
  explicit FormatContext(std::unique_ptr<Machine> machine);

  double seconds_since_start(uint64_t ktime_ns) const;
  // The wall clock at a moment of bpf_ktime_get_ns(), in nanoseconds since 1970.
  uint64_t wall_time_ns(uint64_t ktime_ns) const;
  uint64_t monotonic_ns() const { return machine_->monotonic_ns(); }
  std::string now_clock() const;  // "12:00:01"
  std::string now_iso() const;    // "2026-01-31T12:00:01.000000000+0100"
  std::string zone() const;       // of local time: "CET"
  Symbol symbol(int pid, uint64_t address) { return machine_->symbol(pid, address); }
  const std::string& disk_name(uint32_t kernel_dev);
  std::string file(const std::string& path) { return machine_->file(path); }
  // Of probes that the user named, from number 1.
  void set_probe_names(std::vector<std::string> names) { probe_names_ = std::move(names); }
  const std::vector<std::string>& probe_names() const { return probe_names_; }
  DnsNames& dns() { return dns_; }

 private:
  std::unique_ptr<Machine> machine_;
  uint64_t start_ns_;
  uint64_t wall_offset_ns_;
  std::map<uint32_t, std::string> disks_;
  std::vector<std::string> probe_names_;
  DnsNames dns_;
};

std::string clock_text(uint64_t wall_ns);               // "12:00:01"
std::string clock_ms_text(uint64_t wall_ns, bool utc);  // "12:00:01.123"
std::string iso_text(uint64_t wall_ns);                 // "2026-01-31T12:00:01.123456789+0100"

}  // namespace sonde::tool

#include "tool/formats/format_context.h"

#include <time.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/file.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

uint64_t now_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * kSecond + static_cast<uint64_t>(now.tv_nsec);
}

// "/sys/dev/block/254:0" is a link to ".../block/vda".
std::string read_disk_name(uint32_t dev) {
  std::string link = fmt::format("/sys/dev/block/{}:{}", dev >> 20, dev & 0xfffff);
  char target[512];
  ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  if (length <= 0) return dev ? fmt::format("{}:{}", dev >> 20, dev & 0xfffff) : "?";
  std::string_view path(target, static_cast<size_t>(length));
  return safe_text(path.substr(path.rfind('/') + 1));
}

std::string formatted(uint64_t wall_ns, const char* format, bool utc = false) {
  time_t seconds = static_cast<time_t>(wall_ns / kSecond);
  tm broken{};
  utc ? ::gmtime_r(&seconds, &broken) : ::localtime_r(&seconds, &broken);
  char text[40];
  return {text, std::strftime(text, sizeof text, format, &broken)};
}

class ThisMachine : public Machine {
 public:
  uint64_t monotonic_ns() override { return now_ns(CLOCK_MONOTONIC); }
  uint64_t real_ns() override { return now_ns(CLOCK_REALTIME); }

  Symbol symbol(int pid, uint64_t address) override {
    auto found = symbols_.find(pid);
    if (found == symbols_.end()) {
      found = symbols_.emplace(pid, pid == kKernelStacks ? Symbols::of_kernel() : Symbols::of_process(pid)).first;
    }
    return found->second.resolve(address);
  }

  std::string disk_name(uint32_t kernel_dev) override { return read_disk_name(kernel_dev); }

  std::string file(const std::string& path) override { return base::read_file(path).value_or(""); }

 private:
  std::map<int, Symbols> symbols_;
};

}  // namespace

std::unique_ptr<Machine> this_machine() { return std::make_unique<ThisMachine>(); }

std::string clock_text(uint64_t wall_ns) { return formatted(wall_ns, "%H:%M:%S"); }

std::string clock_ms_text(uint64_t wall_ns, bool utc) {
  return fmt::format("{}.{:03}", formatted(wall_ns, "%H:%M:%S", utc), wall_ns % kSecond / 1'000'000);
}

std::string iso_text(uint64_t wall_ns) {
  return fmt::format("{}.{:09}{}", formatted(wall_ns, "%Y-%m-%dT%H:%M:%S"), wall_ns % kSecond,
                     formatted(wall_ns, "%z"));
}

FormatContext::FormatContext(std::unique_ptr<Machine> machine)
    : machine_(std::move(machine)),
      start_ns_(machine_->monotonic_ns()),
      wall_offset_ns_(machine_->real_ns() - machine_->monotonic_ns()) {}

double FormatContext::seconds_since_start(uint64_t ktime_ns) const {
  return static_cast<double>(static_cast<int64_t>(ktime_ns - start_ns_)) / static_cast<double>(kSecond);
}

uint64_t FormatContext::wall_time_ns(uint64_t ktime_ns) const { return ktime_ns + wall_offset_ns_; }

std::string FormatContext::now_clock() const { return clock_text(machine_->real_ns()); }
std::string FormatContext::zone() const { return formatted(machine_->real_ns(), "%Z"); }
std::string FormatContext::now_iso() const { return iso_text(machine_->real_ns()); }

const std::string& FormatContext::disk_name(uint32_t kernel_dev) {
  auto [found, is_new] = disks_.try_emplace(kernel_dev);
  if (is_new) found->second = machine_->disk_name(kernel_dev);
  return found->second;
}

}  // namespace sonde::tool

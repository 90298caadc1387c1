// perf_event: hardware and software counters, and timers, on each CPU or of one process.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "bpf/hooks/hooks.h"
#include "bpf/hooks/perf_event_error.h"
#include "bpf/system/perf_event_open.h"
#include "kernel/cpus.h"

namespace sonde::bpf {
namespace {

struct Place {
  int pid;  // of one thread; -1: any
  int cpu;  // -1: any
};

// What the process makes from now on inherits the event, threads and children alike: a child that a program is not to
// see, it knows by its pid.
perf_event_attr describe(const PerfEvent& wanted) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = wanted.type;
  attr.config = wanted.config;
  attr.freq = wanted.sample_freq > 0;
  if (attr.freq) {
    attr.sample_freq = wanted.sample_freq;
  } else {
    attr.sample_period = wanted.sample_period;
  }
  attr.inherit = wanted.pid >= 0;
  return attr;
}

std::string bytes_of(const PerfEvent& wanted) {
  if (!wanted.attr.empty()) return wanted.attr;
  perf_event_attr attr = describe(wanted);
  return {reinterpret_cast<const char*>(&attr), sizeof attr};
}

Result<base::Fd> open_at(const PerfEvent& wanted, const Place& place, int program) {
  base::Fd event = perf_event_open(bytes_of(wanted), place.pid, place.cpu, wanted.group_fd, wanted.flags);
  if (!event.valid()) return perf_event_failed(wanted, place.pid, place.cpu, errno);
  if (auto set = set_program(event, program); !set) {
    return tl::unexpected(base::in_context("perf_event " + perf_event_name(wanted.type, wanted.config), set.error()));
  }
  return event;
}

// The leader of the group that `pid` is of, or 0 when it is gone.
int process_of(int pid) {
  auto status = base::read_file(fmt::format("/proc/{}/status", pid));
  size_t at = status ? status->find("\nTgid:") : std::string::npos;
  return at == std::string::npos ? 0 : std::atoi(status->c_str() + at + 6);
}

// The threads of a process; of a thread that is named by its own number, only that one. Read once, before any event is
// there: a thread that comes while events are opened has inherited its creator's, and a second one would count double.
std::vector<int> threads_of(int pid) {
  if (process_of(pid) != pid) return {pid};
  std::vector<int> threads;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), ignored)) {
    threads.push_back(std::atoi(entry.path().filename().c_str()));
  }
  return threads.empty() ? std::vector{pid} : threads;
}

// Of a process one event for each thread, on whatever CPU it runs: with one for each CPU, the threads' moves from CPU
// to CPU would tear a period apart.
Result<std::vector<Place>> places_of(const PerfEvent& wanted) {
  std::vector<Place> places;
  if (wanted.pid >= 0) {
    for (int thread : threads_of(wanted.pid == 0 ? ::getpid() : wanted.pid)) places.push_back({thread, wanted.cpu});
    return places;
  }
  if (wanted.cpu >= 0) return std::vector{Place{-1, wanted.cpu}};
  ASSIGN_OR_RETURN(std::vector<int> cpus, kernel::online_cpus());
  for (int cpu : cpus) places.push_back({-1, cpu});
  return places;
}

}  // namespace

Result<Link> attach_perf_event(int program, const Hook& request) {
  const PerfEvent& wanted = request.as<PerfEvent>();
  RETURN_IF_ERROR(check_perf_event(wanted));
  ASSIGN_OR_RETURN(std::vector<Place> places, places_of(wanted));
  Link link;
  for (const Place& place : places) {
    auto event = open_at(wanted, place, program);
    bool thread_ended = !event && place.pid >= 0 && places.size() > 1 && process_of(place.pid) == 0;
    if (thread_ended) continue;
    if (!event) return tl::unexpected(event.error());
    link.add(std::move(*event));
  }
  if (link.fds().empty()) return perf_event_failed(wanted, wanted.pid, wanted.cpu, ESRCH);
  return link;
}

}  // namespace sonde::bpf

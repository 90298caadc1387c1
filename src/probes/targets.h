// What a specification stands for on this machine: functions of the kernel or of a file, tracepoints, USDT probes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "probes/place.h"
#include "probes/specification.h"

namespace sonde::probes {

struct Target {
  // As it is attached to: "vfs_read", "malloc", "sched:sched_switch", "libc:setjmp".
  std::string name;
  std::string module;    // of a function of the kernel; empty: the kernel itself
  std::string path;      // of the file, by which it can be opened from here; empty: the kernel
  uint64_t address = 0;  // of a function, as kallsyms or the file counts; 0: not known
  uint64_t offset = 0;   // in the file, and of a kernel function what the specification adds to it
  size_t locations = 1;  // of a USDT probe

  struct Place {
    uint64_t offset = 0;            // in the file
    uint64_t semaphore_offset = 0;  // in the file; 0: none
  };
  std::vector<Place> places = {};  // of a USDT probe: all its locations
};

// Names that match and cannot be attached to, by reason.
struct LeftOut {
  std::string reason;  // "on the kprobe blacklist"
  size_t count = 0;
  std::string example;
};

struct Targets {
  std::vector<Target> targets;  // at least one; sorted by name
  std::vector<LeftOut> left_out;
};

// With a process, libraries and USDT probes are those that it has mapped. A mistake is at the part of the specification
// that stands for nothing, and its hint has the nearest name that exists.
Parsed<Targets> find_targets(const Specification& wanted, int pid = -1);

// The kinds, one by one: find_targets() chooses.
Parsed<Targets> find_kernel_functions(const Specification& wanted);
Parsed<Targets> find_user_functions(const Specification& wanted, int pid);
Parsed<Targets> find_tracepoints(const Specification& wanted);
Parsed<Targets> find_usdt_probes(const Specification& wanted, int pid);

// "3 on the kprobe blacklist (for example irq_enter), 1 ...".
std::string summary_of(const std::vector<LeftOut>& left_out);

// An error of a lower layer, at a place.
Mistake mistake_at(Place place, Error error);
// Sorts by name; without any target, that nothing matches is the mistake.
Parsed<Targets> finished(const Specification& wanted, Targets found, std::string_view what, std::string hint);

}  // namespace sonde::probes

// What a Session and its Maps hold.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/choice.h"
#include "bpf/hooks.h"
#include "bpf/image.h"
#include "bpf/map_batch.h"
#include "bpf/perf_buffer.h"
#include "bpf/program.h"
#include "bpf/ring_buffer.h"
#include "session/polling.h"
#include "sonde/session.h"
#include "spec/spec.h"
#include "usdt/context.h"

namespace sonde {

struct Map::State {
  bpf::MapInfo info;
  sonde::spec::Map spec;
  session::Polling* polling = nullptr;  // the session's, which outlives every map
  std::vector<std::unique_ptr<bpf::PerfBuffer>> perf_buffers;  // one for all CPUs, or one for each
  std::unique_ptr<bpf::RingBuffer> ring_buffer;
  LostCallback on_ring_lost;
  uint64_t told_lost = 0;  // stacks, or events of a ring buffer, that the user knows to be lost

  uint32_t value_bytes() const;
  bpf::MapShape shape() const;
  tl::unexpected<Error> failed(const char* verb, int code) const;
  bool has_data(bool perf, bool ring) const;  // to hand out
  void tell_lost_events(bool perf, bool ring, bool idle);
};

struct Session::State {
  struct Loaded {
    std::string symbol;
    bpf::ProgramType type;
    base::Fd fd;
  };
  struct Attached {
    bpf::HookRequest wanted;
    Attachment record;
    bpf::Link link;
  };

  sonde::spec::Spec spec;
  LoadOptions options;
  std::unique_ptr<bpf::Image> image;
  std::vector<Loaded> loaded;
  session::Polling polling;
  std::vector<std::unique_ptr<Map::State>> maps;
  size_t first_map = 0;  // of those with events: whose buffer has the first turn
  std::vector<Attached> attached;  // last: detached first

  ~State();  // says what was lost, unless the user knows
  Result<const sonde::spec::Program*> program(const std::string& name) const;
  Result<int> load_as(const std::string& name, const std::string& symbol, const bpf::ProgramType& type);
  Status attach(const std::string& program_name, const bpf::HookRequest& request);
  // SEC("usdt/PATH:PROVIDER:NAME").
  Status attach_usdt_section(const sonde::spec::Program& program);
  Status attach_usdt(const usdt::Context& context);
  Status attach_network_section(const sonde::spec::Program& program);
  // Where on the target: attach_type, or -1: what the program's section says.
  Status attach_where_section_says(bpf::HookRequest request, const std::string& name, int attach_type);
  Result<bpf::Link> attach_candidate(const std::string& program_name, const bpf::Candidate& candidate);
  bpf::KernelTraits traits_for(const std::string& program_name) const;
  // In one link where the kernel can; those that cannot be probed are left out. Gives the others; fails if there are none.
  Result<std::vector<std::string>> attach_to_all(bpf::HookRequest wanted, const std::vector<std::string>& functions,
                                                 const std::string& program_name);
  // One function of an attachment to many, which is made anew without it. False when there is none.
  Result<bool> detach_function(const std::string& kind, const std::string& function, const std::string& program_name);
  // One place of an attachment that may have several: these are attached anew without it. False when there is none.
  Result<bool> detach_place(const std::string& kind, const std::string& target, const std::string& program_name);
  Status make_maps();
  int hand_out(bool perf, bool ring, bpf::Turn& turn);
  bool has_data(bool perf, bool ring) const;
  void tell_lost_events(bool perf, bool ring, bool idle);
  Status prepare_to_read();
  Result<int> poll(bool perf, bool ring, const session::Waiter& waiter, std::chrono::milliseconds timeout);
  Result<int> wait_and_hand_out(bool perf, bool ring, const session::Waiter& waiter, std::chrono::milliseconds timeout,
                                bpf::Turn& turn);
  Result<int> consume(bool perf, bool ring);
};

}  // namespace sonde

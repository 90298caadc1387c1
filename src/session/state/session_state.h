// What a Session and its Maps hold.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "bpf/events/perf_buffer.h"
#include "bpf/events/ring_buffer.h"
#include "bpf/hooks/candidates.h"
#include "bpf/hooks/hooks.h"
#include "bpf/load/loaded_object.h"
#include "bpf/load/program.h"
#include "bpf/maps/map_batch.h"
#include "session/state/poll_state.h"
#include "sonde/session.h"
#include "spec/spec.h"
#include "usdt/context.h"

namespace sonde {

struct Map::State {
  bpf::MapInfo info;
  sonde::spec::Map spec;
  session::PollState* poll_state = nullptr;                    // the session's, which outlives every map
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
    Hook wanted;
    HookKind chosen;
    Attachment record;
    bpf::Link link;
  };

  sonde::spec::Spec spec;
  LoadOptions options;
  std::unique_ptr<bpf::LoadedObject> image;
  std::vector<Loaded> loaded;
  session::PollState poll_state;
  std::vector<std::unique_ptr<Map::State>> maps;
  size_t first_map = 0;            // of those with events: whose buffer is read first
  std::vector<Attached> attached;  // last: detached first

  ~State();  // says what was lost, unless the user knows
  Result<const sonde::spec::Program*> program(const std::string& name) const;
  Result<int> load_as(const std::string& name, const std::string& symbol, const bpf::ProgramType& type);
  Result<Map::State*> find_map(std::string_view name) const;
  // Fills in what the hook leaves out: where the program's section says, places in files, the descriptor of a map.
  Result<Hook> settle(const sonde::spec::Program& program, Hook hook) const;
  // Of a hook that is settled; gives what was attached.
  Result<Hook> attach(const std::string& program_name, const Hook& hook);
  // Each by itself; those that cannot be attached are left out. Gives `wanted` with the others; fails if there are
  // none.
  Result<Hook> attach_pieces(const std::string& program_name, Hook wanted, const std::vector<Hook>& pieces);
  // "PATH:PROVIDER:NAME" of SEC("usdt/PATH:PROVIDER:NAME").
  Status attach_usdt_section(const std::string& section, const std::string& program_name);
  bool detach_usdt_section(const Hook& hook, const std::string& program_name);
  Status attach_usdt(const usdt::Context& context);
  Result<bpf::Link> attach_candidate(const std::string& program_name, const bpf::Candidate& candidate);
  bpf::KernelTraits traits_for(const std::string& program_name) const;
  // Whether anything was. Of an attachment to many functions or places one may be detached: the others are attached
  // anew.
  bool detach_whole(const Hook& hook, const std::string& program_name);
  Result<bool> detach_named(const Hook& hook, const std::string& program_name);
  Result<bool> detach_function(const Hook& hook, const std::string& program_name);
  Result<bool> detach_place(const Hook& hook, const std::string& program_name);
  Status make_maps();
  int hand_out(bool perf, bool ring, bpf::PollBudget& budget);
  bool has_data(bool perf, bool ring) const;
  void tell_lost_events(bool perf, bool ring, bool idle);
  Status prepare_to_read();
  Result<int> poll(bool perf, bool ring, const session::EpollSet& epoll, std::chrono::milliseconds timeout);
  Result<int> wait_and_hand_out(bool perf, bool ring, const session::EpollSet& epoll, std::chrono::milliseconds timeout,
                                bpf::PollBudget& budget);
  Result<int> consume(bool perf, bool ring);
};

}  // namespace sonde

// `sonde run`: a program without a driver. Loads it, attaches it, prints what it says and submits, and at the end what
// its maps hold.
#include <linux/bpf.h>
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/result.h"
#include "base/standard_output.h"
#include "bpf/system/permission.h"
#include "cmd/commands.h"
#include "cmd/event_rows.h"
#include "cmd/map_report.h"
#include "cmd/program_file.h"
#include "cmd/stack_report.h"
#include "elf/section.h"
#include "tool/text/number.h"
#include "tool/run/run_tool.h"
#include "tool/run/stop.h"
#include "tool/declaration/tool.h"
#include "tool/text/value_text.h"

namespace sonde::cmd {

using namespace tool;

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStep{100};          // how long a signal may go unnoticed
constexpr milliseconds kTraceStep{20};      // the same for trace lines, when there are buffers to wait for as well
constexpr unsigned kPerfPages = 64;         // a CPU

struct Arguments {
  CompilerFlags flags;
  std::string file;
  std::optional<double> seconds;
  bool verbose = false;
  std::vector<std::string> tail;
};

bool is_event_map(const spec::Map& map) {
  return map.kind == "perf_output" || map.type == BPF_MAP_TYPE_RINGBUF;
}

// One run of one session.
class Run {
 public:
  Run(Session session, const Arguments& arguments)
      : session_(std::move(session)),
        spec_(session_.spec()),
        verbose_(arguments.verbose),
        stop_(arguments.seconds, "sonde") {}

  Status go();

 private:
  Status open_buffers();
  Status open_buffer(Map map, EventRows& rows, const std::string& label);
  void open_trace_pipe();
  Result<bool> writes_trace_lines() const;
  Status attach();
  Status follow();
  Status wait();
  void print_trace_lines();
  Result<std::vector<MapEntry>> entries_of(const spec::Map& described) const;
  void print_maps();
  void print_lost();

  Session session_;
  const spec::Spec& spec_;
  bool verbose_;
  SignalStop stop_;
  std::vector<std::unique_ptr<EventRows>> rows_;
  std::vector<Map> buffers_;
  std::optional<TracePipe> trace_pipe_;
};

// Programs that no name or section sends anywhere: all of them is an error, some are only named.
Status check_hooks(const spec::Spec& spec) {
  std::string idle;
  size_t count = 0;
  for (const spec::Program& program : spec.programs) {
    if (program.auto_attach) continue;
    idle += (idle.empty() ? "" : ", ") + program.name;
    ++count;
  }
  if (spec.programs.empty()) return base::fail(ErrorKind::kInvalid, "there is no program in the file");
  if (count == 0) return {};
  const char* hint = "without a driver a function's name says where it goes: kprobe__FUNCTION, kretprobe__FUNCTION, "
                     "tracepoint__CATEGORY__EVENT, raw_tracepoint__EVENT, syscall__NAME, or TRACEPOINT_PROBE(category, event), "
                     "KFUNC_PROBE(function, …), or SEC(\"kprobe/FUNCTION\")";
  std::string what = fmt::format("nothing says where {} {} to be attached", idle, count == 1 ? "is" : "are");
  if (count == spec.programs.size()) return base::fail(ErrorKind::kInvalid, what, hint);
  std::fprintf(stderr, "sonde: warning: %s\nhint: %s\n", what.c_str(), hint);
  return {};
}

// A call of bpf_trace_printk or bpf_trace_vprintk.
bool has_trace_call(std::string_view instructions) {
  for (size_t at = 0; at + sizeof(bpf_insn) <= instructions.size(); at += sizeof(bpf_insn)) {
    bpf_insn instruction;
    std::memcpy(&instruction, instructions.data() + at, sizeof instruction);
    bool helper = instruction.code == (BPF_JMP | BPF_CALL) && instruction.src_reg == 0;
    if (helper && (instruction.imm == BPF_FUNC_trace_printk || instruction.imm == BPF_FUNC_trace_vprintk)) return true;
  }
  return false;
}

Result<bool> Run::writes_trace_lines() const {
  for (const spec::Program& program : spec_.programs) {
    ASSIGN_OR_RETURN(std::string instructions, session_.instructions(program.name));
    if (has_trace_call(instructions)) return true;
  }
  return false;
}

// There is one trace pipe for the whole machine: it is only read for a program that writes to it, from now on.
void Run::open_trace_pipe() {
  Result<bool> needed = writes_trace_lines();
  if (needed && !*needed) return;
  Result<TracePipe> pipe = TracePipe::open(/*nonblocking=*/true);
  if (!pipe) {
    std::fprintf(stderr, "sonde: warning: no trace output: %s\n", pipe.error().what.c_str());
    if (!pipe.error().hint.empty()) std::fprintf(stderr, "hint: %s\n", pipe.error().hint.c_str());
    return;
  }
  while (pipe->read_line()) continue;
  trace_pipe_ = std::move(*pipe);
}

Status Run::open_buffer(Map map, EventRows& rows, const std::string& label) {
  auto print = [&rows, label](const void* data, uint32_t size) {
    std::string row = rows.row({static_cast<const char*>(data), size});
    base::put(fmt::format("{}{}\n", label, row));
  };
  auto counted = [](int, uint64_t) {};  // told at the end
  if (map.type() == BPF_MAP_TYPE_RINGBUF) {
    auto print_on = [print](const void* data, uint32_t size) {
      print(data, size);
      return 0;
    };
    return map.open_ring_buffer(print_on, counted);
  }
  return map.open_perf_buffer([print](int, const void* data, uint32_t size) { print(data, size); }, counted, kPerfPages);
}

// Each buffer's header now; with several of them, every line begins with the map's name.
Status Run::open_buffers() {
  size_t width = 0, count = 0;
  for (const spec::Map& map : spec_.maps) {
    if (!is_event_map(map)) continue;
    width = std::max(width, map.name.size());
    ++count;
  }
  for (const spec::Map& described : spec_.maps) {
    if (!is_event_map(described)) continue;
    ASSIGN_OR_RETURN(Map map, session_.map(described.name));
    rows_.push_back(std::make_unique<EventRows>(spec_, described));
    std::string label = count > 1 ? fmt::format("{:<{}}  ", safe_text(described.name), width) : "";
    RETURN_IF_ERROR(open_buffer(map, *rows_.back(), label));
    base::put(fmt::format("{}{}\n", label, rows_.back()->header()));
    buffers_.push_back(map);
  }
  return {};
}

Status Run::attach() {
  RETURN_IF_ERROR(session_.attach_all());
  if (!verbose_) return {};
  for (const Session::Attachment& attachment : session_.attachments()) {
    std::string instead = attachment.chosen == attachment.wanted ? "" : fmt::format(" instead of {}", attachment.wanted);
    std::string why = attachment.why.empty() ? "" : fmt::format(": {}", attachment.why);
    std::fprintf(stderr, "sonde: %s runs at %s%s%s\n", attachment.program.c_str(), attachment.chosen.c_str(), instead.c_str(),
                 why.c_str());
  }
  return {};
}

void Run::print_trace_lines() {
  while (trace_pipe_) {
    Result<std::string> line = trace_pipe_->read_line();
    if (line) {
      base::put(*line + "\n");
      continue;
    }
    if (line.error().code == EAGAIN || line.error().code == EINTR) return;
    std::fprintf(stderr, "sonde: warning: no more trace output: %s\n", line.error().what.c_str());
    trace_pipe_.reset();
  }
}

Status Run::wait() {
  if (!buffers_.empty()) {
    Result<int> handled = session_.poll(stop_.next(trace_pipe_ ? kTraceStep : kStep));
    return handled || handled.error().code == EINTR ? Status{} : tl::unexpected(handled.error());
  }
  pollfd trace{trace_pipe_ ? trace_pipe_->fd() : -1, POLLIN, 0};
  ::poll(&trace, 1, static_cast<int>(stop_.next(kStep).count()));
  return {};
}

Status Run::follow() {
  while (!stop_.reached() && !base::standard_output_failed()) {
    RETURN_IF_ERROR(wait());
    print_trace_lines();
  }
  return {};
}

Result<std::vector<MapEntry>> Run::entries_of(const spec::Map& described) const {
  ASSIGN_OR_RETURN(Map map, session_.map(described.name));
  return read_entries(map);
}

// Stacks at the end, below what refers to them.
void Run::print_maps() {
  StackOwners owners;
  for (bool stacks : {false, true}) {
    for (const spec::Map& described : spec_.maps) {
      if (stacks ? !is_stack_map(described) : !is_reported(described)) continue;
      Result<std::vector<MapEntry>> entries = entries_of(described);
      if (!entries) {
        std::fprintf(stderr, "sonde: warning: map %s: %s\n", safe_text(described.name).c_str(), entries.error().what.c_str());
        continue;
      }
      if (!stacks) owners.learn(spec_, described, *entries);
      std::string report = stacks ? stack_report(described, *entries, owners) : map_report(spec_, described, std::move(*entries));
      if (!report.empty()) base::put((report.starts_with('\n') ? "" : "\n") + report);
    }
  }
}

void Run::print_lost() {
  for (const Map& map : buffers_) {
    if (map.lost() == 0) continue;
    std::fprintf(stderr, "sonde: warning: %llu events of %s were lost\n", static_cast<unsigned long long>(map.lost()),
                 safe_text(map.name()).c_str());
  }
}

Status Run::go() {
  RETURN_IF_ERROR(check_hooks(spec_));
  open_trace_pipe();
  RETURN_IF_ERROR(open_buffers());
  RETURN_IF_ERROR(attach());
  if (verbose_) std::fprintf(stderr, "sonde: running; Ctrl-C ends it\n");
  stop_.would_lose("what the maps hold was not printed");
  RETURN_IF_ERROR(follow());
  session_.detach_all();
  if (!buffers_.empty()) (void)session_.poll(milliseconds(0));
  print_trace_lines();
  stop_.would_lose("what the maps hold was not printed in full");
  print_maps();
  print_lost();
  return {};
}

// Of `sonde run`, and of what stands behind the file of a program that is no tool.
void add_run_options(CLI::App& app, Arguments& arguments) {
  app.add_option("-d,--duration", arguments.seconds, "end after so many seconds (default: at Ctrl-C)")
      ->type_name("SECONDS")
      ->check([](const std::string& text) {
        Result<double> seconds = seconds_of(text);
        return seconds ? std::string() : seconds.error().what;
      });
  app.add_flag("-v,--verbose,--attachments", arguments.verbose, "say what is attached to what, and why");
  add_compiler_flags(app, arguments.flags);
}

// As if it stood before the file.
void read_tail(Arguments& arguments) {
  if (arguments.tail.empty()) return;
  CLI::App app;
  app.name("sonde run");
  add_run_options(app, arguments);
  std::reverse(arguments.tail.begin(), arguments.tail.end());
  app.parse(arguments.tail);
}

std::string tool_name(const std::string& file) {
  std::string name = file.substr(file.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

bool is_tool_file(const std::string& file, const std::string& bytes) {
  if (!elf::is_elf(bytes)) return bytes.find("#include \"tool.h\"") != std::string::npos;
  Result<Object> object = Object::from_bytes(bytes, file);
  return object && tool::is_tool(object->spec());
}

Status run_program(const Arguments& arguments, const Object& object) {
  if (arguments.verbose) {
    std::fprintf(stderr, "sonde: %s%s\n", arguments.file.c_str(), object.from_cache() ? ", from the cache" : "");
  }
  ASSIGN_OR_RETURN(Session session, Session::load(object));
  return Run(std::move(session), arguments).go();
}

Result<int> run(Arguments& arguments) {
  Result<std::string> bytes = read_program(arguments.file);  // once: it may be a pipe
  bool is_tool = bytes && is_tool_file(arguments.file, *bytes);
  if (!is_tool) read_tail(arguments);
  // Said first: what goes wrong later for want of it (an unreadable tracepoint, say) looks like something else.
  bool only_asks = is_tool && !arguments.tail.empty();  // -h takes no rights
  if (!only_asks && !bpf::may_load_programs()) return base::fail(ErrorKind::kPermission, "tracing is not permitted", bpf::permission_hint());
  if (!bytes) return tl::unexpected(bytes.error());
  arguments.flags.portable = is_tool;  // for the fields that tool.h finds under one name or another
  ASSIGN_OR_RETURN(Object object, open_or_compile(arguments.file, std::move(*bytes), arguments.flags));
  if (is_tool)
    return tool::run_tool_command(object, tool_name(arguments.file), "sonde run " + arguments.file, arguments.tail);
  RETURN_IF_ERROR(run_program(arguments, object));
  return 0;
}

}  // namespace

Action add_run(CLI::App& app, std::vector<std::string> tail) {
  auto arguments = std::make_shared<Arguments>();
  arguments->tail = std::move(tail);
  CLI::App* run_app = app.add_subcommand("run", "Run a tool, or a program that needs no driver: its trace lines, events and maps are printed");
  run_app->add_option("FILE", arguments->file, "C text, or an object that `sonde cc` made")->required();
  add_run_options(*run_app, *arguments);
  return [arguments] { return run(*arguments); };
}

}  // namespace sonde::cmd

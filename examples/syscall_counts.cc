// Counts system calls by process, and prints the ten busiest once a second. Takes the number of seconds (default: 10).
//
// The program in BCC's dialect is compiled in a child process the first time, and comes from the cache after that.
#include <sonde/session.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

constexpr const char* kProgram = R"(
struct process {
    u32 pid;
    char comm[TASK_COMM_LEN];
};
BPF_HASH(counts, struct process, u64);

TRACEPOINT_PROBE(raw_syscalls, sys_enter) {
    struct process process = {};
    process.pid = bpf_get_current_pid_tgid() >> 32;
    bpf_get_current_comm(&process.comm, sizeof(process.comm));
    counts.increment(process);
    return 0;
}
)";

// As the C program above lays them out.
struct Process {
  uint32_t pid;
  char comm[16];
};

struct Row {
  Process process;
  uint64_t count;
};

// Takes everything out of the map that is there now: our own calls put us back in at once.
std::vector<Row> drain(sonde::Map& counts) {
  std::vector<Row> rows;
  Row row{};
  for (const Process* last = nullptr; counts.next_key(last, &row.process); last = &rows.back().process)
    rows.push_back(row);
  for (Row& each : rows) {
    if (!counts.lookup(&each.process, &each.count)) each.count = 0;
    (void)counts.remove(&each.process);
  }
  return rows;
}

void print(std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.count > b.count; });
  if (rows.size() > 10) rows.resize(10);
  std::printf("\n%8s %-16s %10s\n", "PID", "COMM", "CALLS");
  for (const Row& row : rows) {
    std::printf("%8u %-16.16s %10llu\n", row.process.pid, row.process.comm, static_cast<unsigned long long>(row.count));
  }
  std::fflush(stdout);
}

sonde::Status trace(int seconds) {
  auto object = sonde::compile(kProgram);
  if (!object) return tl::unexpected(object.error());
  auto session = sonde::Session::load(*object);
  if (!session) return tl::unexpected(session.error());
  if (auto attached = session->attach_all(); !attached) return attached;
  auto counts = session->map("counts");
  if (!counts) return tl::unexpected(counts.error());
  for (int i = 0; i < seconds; ++i) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    print(drain(*counts));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  auto done = trace(argc > 1 ? std::atoi(argv[1]) : 10);
  if (done) return 0;
  std::fprintf(stderr, "syscall_counts: %s\n", done.error().what.c_str());
  if (!done.error().hint.empty()) std::fprintf(stderr, "hint: %s\n", done.error().hint.c_str());
  return 1;
}

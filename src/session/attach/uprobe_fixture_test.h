// A session with programs that count, for tests of probes in user programs.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "kernel/needs_test.h"
#include "session/attach/target_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {

// `in` counts in slot 0, `out` in slot 1 and sums up what is returned in slot 2.
inline const std::string kUprobePrograms = R"(
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4);
         __type(key, u32); __type(value, u64); } counts SEC(".maps");
struct registers { u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax; };
static __always_inline void add(u32 slot, u64 more) {
  u64 *value = bpf_map_lookup_elem(&counts, &slot);
  if (value) __sync_fetch_and_add(value, more);
}
SEC("sonde/in") int in(void *ctx) { add(0, 1); return 0; }
SEC("sonde/out") int out(struct registers *ctx) { add(1, 1); add(2, (u32)ctx->rax); return 0; }
SEC("sonde/which") int which(void *ctx) { add((u32)bpf_get_attach_cookie(ctx) & 3, 1); return 0; }
)";

// Compiled once for all tests.
inline Result<Object> uprobe_programs() {
  static const Result<std::string> bytes = bpf::compile_test_object(
      kUprobePrograms, {.programs = {bpf::test_program("in"), bpf::test_program("out"), bpf::test_program("which")}});
  return bytes ? Object::from_bytes(*bytes, "test") : tl::unexpected(bytes.error());
}

inline const TestDirectory& shared_directory() {
  static const TestDirectory directory;
  return directory;
}

inline const std::string& pie() {
  static const std::string path = shared_directory().compile("pie", "-pie -fPIE");
  return path;
}

inline const std::string& fixed() {
  static const std::string path = shared_directory().compile("fixed", "-no-pie -fno-pie");
  return path;
}

class Uprobe : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS("uprobe");
    auto object = uprobe_programs();
    ASSERT_TRUE(object) << object.error().what;
    auto loaded = Session::load(*object);
    ASSERT_TRUE(loaded) << loaded.error().what;
    session_.emplace(std::move(*loaded));
  }
  uint64_t count(uint32_t slot) const {
    uint64_t value = UINT64_MAX;
    auto map = session_->map("counts");
    EXPECT_TRUE(map && map->lookup(&slot, &value));
    return value;
  }
  // Both probes on probed() of the file count 23 of 23 calls.
  void expect_counts(const std::string& path) {
    uint64_t in = count(0), out = count(1), sum = count(2);
    Target target(path);
    target.calls(2);
    auto entry = session_->attach_uprobe({path, "probed"}, "in");
    ASSERT_TRUE(entry) << entry.error().what;
    auto on_return = session_->attach_uretprobe({path, "probed"}, "out");
    ASSERT_TRUE(on_return) << on_return.error().what;
    target.calls(23);
    EXPECT_EQ(count(0) - in, 23u);
    EXPECT_EQ(count(1) - out, 23u);
    EXPECT_EQ(count(2) - sum, 23u * 24 / 2);
    Target later(path);
    later.calls(7);
    EXPECT_EQ(count(0) - in, 30u);
    session_->detach_all();
    target.calls(5);
    EXPECT_EQ(count(0) - in, 30u);
  }

  TestDirectory directory_;
  std::optional<Session> session_;
};

}  // namespace sonde::session

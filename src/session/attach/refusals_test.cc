// What a session says when it may not, and what it leaves behind when it is killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <csignal>
#include <cstring>

#include "session/state/child_test.h"
#include "session/state/loaded_test.h"

namespace sonde::session {
namespace {

using bpf::test_program;
using testing::HasSubstr;

const std::string kProgram = R"(
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8);
         __type(key, u64); __type(value, u32); } table SEC(".maps");
SEC("sonde/sonde_refused") int sonde_refused(void *ctx) {
  u64 key = 1;
  return bpf_map_lookup_elem(&table, &key) != 0;
})";

constexpr uid_t kNobody = 65534;

std::string described(const Error& error) {
  return fmt::format("{}|{}|{}", static_cast<int>(error.kind), error.what, error.hint);
}

TEST(Refusal, WithoutRootTheMessageSaysSo) {
  spec::Spec spec;
  spec.programs = {test_program("sonde_refused")};
  auto bytes = bpf::compile_test_object(kProgram, spec);
  ASSERT_TRUE(bytes) << bytes.error().what;
  std::string said = said_by_child([&] {
    if (::setresuid(kNobody, kNobody, kNobody) != 0) return std::string("not root to begin with");
    auto object = Object::from_bytes(*bytes, "test");
    auto session = Session::load(*object);
    return session ? std::string("it worked") : described(session.error());
  });
  EXPECT_EQ(
      said,
      fmt::format(
          "{}|loading BPF programs needs root|run as root (sudo), or with the capabilities CAP_BPF and CAP_PERFMON",
          static_cast<int>(ErrorKind::kPermission)));
}

TEST(Refusal, TheTracePipeWithoutRoot) {
  std::string said = said_by_child([] {
    if (::setresuid(kNobody, kNobody, kNobody) != 0) return std::string("not root to begin with");
    auto pipe = TracePipe::open();
    return pipe ? std::string("it worked") : described(pipe.error());
  });
  EXPECT_THAT(said, HasSubstr("tracefs"));
  EXPECT_THAT(said, testing::StartsWith(fmt::format("{}|", static_cast<int>(ErrorKind::kPermission))));
  EXPECT_THAT(said, HasSubstr("root"));
}

TEST(Refusal, WhatIsNotABpfObject) {
  spec::Spec spec;
  auto bytes = bpf::compile_test_object(kProgram, spec);
  ASSERT_TRUE(bytes) << bytes.error().what;
  auto truncated = Object::from_bytes(bytes->substr(0, 300), "test");
  EXPECT_FALSE(truncated && Session::load(*truncated));
  std::string no_programs = *bytes;
  memcpy(no_programs.data() + 18, "\x3e\0", 2);  // e_machine: x86-64
  auto object = Object::from_bytes(no_programs, "test");
  if (!object) return;
  auto session = Session::load(*object);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::kInvalid);
}

TEST(Killed, NothingIsLeftBehind) {
  int while_alive = 0;
  auto work = [&] {
    auto session = load_test(kProgram, {test_program("sonde_refused", "tracepoint", "syscalls:sys_enter_getpriority")});
    bool attached = session && session->attach_all();
    static auto kept = std::move(session);  // alive when the kill comes
    return attached;
  };
  EXPECT_GT(killed_after(work, [&] { while_alive = bpf::programs_named("sonde_refused"); }), 0);
  EXPECT_GE(while_alive, 1);
  int left = 1;
  for (int i = 0; i < 200 && left > 0; i++) left = (::usleep(20'000), bpf::programs_named("sonde_refused"));
  EXPECT_EQ(left, 0);
}

TEST(TracePipe, SaysWhatProgramsPrint) {
  auto pipe = TracePipe::open(true);
  ASSERT_TRUE(pipe) << pipe.error().what;
  auto session = load_test(R"(
SEC("sonde/say") int say(struct sys_enter *ctx) {
  if (WATCHED(ctx)) bpf_printk("sonde says %d", (int)ctx->args[1]);
  return 0;
})",
                           {test_program("say", "tracepoint", "syscalls:sys_enter_getpriority")});
  ASSERT_TRUE(session) << session.error().what;
  ASSERT_TRUE(session->attach_all());
  bpf::make_watched_calls(3);
  int heard = 0;
  for (int i = 0; i < 1000 && heard < 3; i++) {
    auto line = pipe->read_line();
    if (line) {
      heard += line->find(fmt::format("sonde says {}", heard)) != line->npos;
    } else {
      ASSERT_EQ(line.error().code, EAGAIN) << line.error().what;
      ::usleep(1000);
    }
  }
  EXPECT_EQ(heard, 3);
}

}  // namespace
}  // namespace sonde::session

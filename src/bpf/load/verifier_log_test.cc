// Logs of real verifiers, old and new, made readable.
#include "bpf/load/verifier_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace sonde::bpf {
namespace {

using testing::HasSubstr;

std::string no_source(uint32_t) { return {}; }

constexpr const char* kNewLog =
    "0: R1=ctx() R10=fp0\n"
    "; struct sock *sk = (void *)ctx->di; @ main.c:11\n"
    "0: (79) r1 = *(u64 *)(r1 +112)        ; R1=scalar()\n"
    "; return sk->x; @ main.c:12\n"
    "1: (61) r0 = *(u32 *)(r1 +16)\n"
    "R1 invalid mem access 'scalar'\n"
    "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n";

TEST(VerifierLog, OpensWithTheSourceLineOfTheFailingInstruction) {
  uint32_t asked = 99;
  auto digest = digest_verifier_log(kNewLog, [&](uint32_t instruction) {
    asked = instruction;
    return std::string("/virtual/main.c:12: return sk->x;");
  });
  EXPECT_EQ(asked, 1u);
  EXPECT_EQ(digest.source, "/virtual/main.c:12: return sk->x;");
  EXPECT_THAT(digest.tail, testing::EndsWith("R1 invalid mem access 'scalar'"));
  EXPECT_THAT(digest.cause, HasSubstr("bpf_probe_read_kernel()"));
}

TEST(VerifierLog, FallsBackToTheLogsOwnComments) {
  EXPECT_EQ(digest_verifier_log(kNewLog, no_source).source, "main.c:12: return sk->x;");
  std::string old_log = "; return *p;\n1: (61) r0 = *(u32 *)(r1 +16)\nR1 invalid mem access 'inv'\n";
  EXPECT_EQ(digest_verifier_log(old_log, no_source).source, "return *p;");
}

TEST(VerifierLog, KeepsTheLastTenLines) {
  std::string log;
  for (int i = 0; i < 100; i++) log += fmt::format("{}: (b7) r0 = 0\n", i);
  log += "infinite loop detected at insn 3\nprocessed 7 insns\n";
  auto digest = digest_verifier_log(log, no_source);
  EXPECT_EQ(std::count(digest.tail.begin(), digest.tail.end(), '\n'), 9);
  EXPECT_THAT(digest.tail, testing::StartsWith("91: "));
  EXPECT_THAT(digest.cause, HasSubstr("constant bound"));
}

TEST(VerifierLog, TheErrorIsOneBlockWithTheCauseAsHint) {
  Error error = verifier_error("hello", EACCES, digest_verifier_log(kNewLog, no_source));
  EXPECT_EQ(error.kind, ErrorKind::kVerifier);
  EXPECT_EQ(error.code, EACCES);
  EXPECT_THAT(error.what, testing::StartsWith("main.c:12: return sk->x;\nthe kernel's verifier rejected hello:\n"));
  EXPECT_FALSE(error.hint.empty());
}

TEST(VerifierLog, NothingSaidIsStillAnError) {
  Error error = verifier_error("hello", EINVAL, digest_verifier_log("", no_source));
  EXPECT_EQ(error.what, "the kernel's verifier rejected hello: Invalid argument");
}

struct Case {
  const char* complaint;
  const char* meaning;
};

class VerifierCause : public testing::TestWithParam<Case> {};

TEST_P(VerifierCause, InPlainWords) {
  std::string log = fmt::format("5: (85) call x#1\n{}\nprocessed 9 insns (limit 1000000)\n", GetParam().complaint);
  EXPECT_THAT(digest_verifier_log(log, no_source).cause, HasSubstr(GetParam().meaning));
}

INSTANTIATE_TEST_SUITE_P(
    Usual, VerifierCause,
    testing::Values(Case{"R2 unbounded memory access, use 'var &= const' or 'if (var < const)'", "upper bound"},
                    Case{"R0 invalid mem access 'map_value_or_null'", "lookup may find nothing"},
                    Case{"R0 invalid mem access 'ringbuf_mem_or_null'", "bpf_ringbuf_reserve may fail"},
                    Case{"R6 invalid mem access 'scalar'", "bpf_probe_read_kernel()"},
                    Case{"combined stack size of 2 calls is 544. Too large", "512 bytes of stack"},
                    Case{"invalid stack off=-520 size=8", "512 bytes of stack"},
                    Case{"invalid indirect read from stack R2 off -24+20 size 24", "padding included"},
                    Case{"invalid bpf_context access off=200 size=8", "context"},
                    Case{"unknown func bpf_get_func_ip#173", "does not exist in this kernel"},
                    Case{"invalid func unknown#195896080", "a field or type"},
                    Case{"program of this type cannot use helper bpf_probe_write_user#36", "another hook"},
                    Case{"cannot call GPL-restricted function from non-GPL compatible program", "BPF_LICENSE"},
                    Case{"BPF program is too large. Processed 1000001 insn", "gave up"},
                    Case{"back-edge from insn 9 to 3", "5.3"},
                    Case{"R0 min value is negative, either use unsigned index or do a if (index >=0) check.",
                         "unsigned"},
                    Case{"R0 !read_ok", "return 0;"}, Case{"Unreleased reference id=2 alloc_insn=9", "every path"},
                    Case{"R1 type=map_value_or_null expected=fp, pkt, map_value", "check it for NULL"},
                    Case{"R0 max value is outside of the allowed memory range", "compare it with the size"}));

TEST(VerifierCause, WhatIsNotInTheTableStaysUnexplained) {
  EXPECT_EQ(verifier_cause("something entirely new happened"), "");
}

}  // namespace
}  // namespace sonde::bpf

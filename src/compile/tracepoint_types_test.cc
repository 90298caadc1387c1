#include "compile/kernel/tracepoint_types.h"

#include <gtest/gtest.h>

#include "compile/compiler.h"

namespace sonde::compile {
namespace {

constexpr const char* kFormat = R"(name: odd
ID: 1
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:char wide_char;	offset:8;	size:8;	signed:1;
	field:u8 wide_byte;	offset:16;	size:4;	signed:0;
	field:short wide_short;	offset:20;	size:4;	signed:1;
	field:pid_t wide_pid;	offset:24;	size:8;	signed:1;
	field:const char * text;	offset:32;	size:8;	signed:0;
	field:char comm[TASK_COMM_LEN];	offset:40;	size:16;	signed:0;
	field:__u8 address[16];	offset:56;	size:16;	signed:0;
	field:__data_loc char[] name;	offset:72;	size:4;	signed:0;
	field:__rel_loc char[] path;	offset:76;	size:4;	signed:0;
	field:bool flag;	offset:80;	size:1;	signed:0;
	field:struct no_such_struct * pointer;	offset:88;	size:8;	signed:0;
	field:enum no_such_enum choice;	offset:96;	size:4;	signed:0;
	field:no_such_t bytes;	offset:100;	size:6;	signed:0;
	field:unsigned long long words[2];	offset:112;	size:16;	signed:0;
	field:struct task_struct * task;	offset:128;	size:8;	signed:0;

print fmt: "%s", REC->text
)";

struct Outcome {
  Result<std::string> object;
  std::string said;
};

Outcome compiled(const std::string& body) {
  spec::Request request;
  request.source = "TRACEPOINT_PROBE(strange, odd) {\n" + body + "\nreturn 0; }\n";
  Outcome outcome;
  Host host;
  host.tracepoint_format = [](const std::string& category, const std::string& event) {
    return category == "strange" && event == "odd" ? std::optional<std::string>(kFormat) : std::nullopt;
  };
  host.read_file = [](const std::string&) { return std::nullopt; };
  host.used_file = [](const std::string&) {};
  host.diagnostics = host.output = [&](const std::string& text) { outcome.said += text; };
  outcome.object = compile(request, host);
  return outcome;
}

TEST(TracepointTypes, FieldsLieWhereTheFormatSays) {
  auto outcome = compiled(R"(
#define LIES(field, type, offset) \
  _Static_assert(__builtin_offsetof(struct tracepoint__strange__odd, field) == offset, "place of " #field); \
  _Static_assert(__builtin_types_compatible_p(__typeof__(args->field), type), "type of " #field);
    LIES(common_pid, int, 4)
    LIES(wide_char, long, 8)
    LIES(wide_byte, unsigned, 16)
    LIES(wide_short, int, 20)
    LIES(wide_pid, long, 24)
    LIES(text, char *, 32)
    LIES(comm, char[16], 40)
    LIES(address, u8[16], 56)
    LIES(data_loc_name, int, 72)
    LIES(data_loc_path, unsigned, 76)
    LIES(flag, bool, 80)
    LIES(pointer, void *, 88)
    LIES(choice, unsigned, 96)
    LIES(words, u64[2], 112)
    LIES(task, struct task_struct *, 128)
    _Static_assert(__builtin_offsetof(struct tracepoint__strange__odd, bytes) == 100 &&
                    sizeof(args->bytes) == 6, "bytes");)");
  EXPECT_TRUE(outcome.object) << outcome.said;
  EXPECT_EQ(outcome.said, "");
}

TEST(TracepointTypes, VaryingLengthsAreFoundFromTheBeginningAndFromHere) {
  auto outcome = compiled(R"(
    char text[16];
    struct tracepoint__strange__odd *saved = args;
    struct tracepoint__strange__odd copy = {.data_loc_name = 3 << 16 | 136, .data_loc_path = 3 << 16 | 60};
    args = &copy;
    long from_beginning = SONDE_DATA_LOC(name) - (char *)args, from_here = SONDE_DATA_LOC(path) - (char *)args;
    if (from_beginning != 136 || from_here != 140) __asm__ volatile("call 9999");  // not there when both are right
    args = saved;
    TP_DATA_LOC_READ_STR(text, name, sizeof(text));
    TP_DATA_LOC_READ_CONST(text, path, 8);)");
  ASSERT_TRUE(outcome.object) << outcome.said;
  EXPECT_EQ(outcome.object->find(std::string("\x85\x00\x00\x00\x0f\x27\x00\x00", 8)), std::string::npos);
}

}  // namespace
}  // namespace sonde::compile

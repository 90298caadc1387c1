// C text of BTF: declarations, prototypes and layouts, of types made here and of the running kernel's.
#include "kernel/btf_text.h"

#include <gtest/gtest.h>

#include <random>

#include "kernel/btf_layout.h"
#include "kernel/made_btf_test.h"
#include "kernel/needs_test.h"
#include "kernel/prototypes.h"

namespace sonde::kernel {
namespace {

// A few types whose ids the tests ask for.
struct Made : MadeBtf {
  uint32_t integer = add({"int", BTF_KIND_INT, 0, 4}, {BTF_INT_SIGNED << 24 | 32});
  uint32_t character = add({"char", BTF_KIND_INT, 0, 1}, {8});
  uint32_t constant = add({"", BTF_KIND_CONST, 0, character}, {});
  uint32_t pointer = add({"", BTF_KIND_PTR, 0, constant}, {});
  uint32_t fixed = add({"", BTF_KIND_CONST, 0, pointer}, {});
  uint32_t to_fixed = add({"", BTF_KIND_PTR, 0, fixed}, {});
  uint32_t four = add({"", BTF_KIND_ARRAY, 0, 0}, {to_fixed, integer, 4});
  uint32_t to_four = add({"", BTF_KIND_PTR, 0, four}, {});
  uint32_t tagged = add({"user", BTF_KIND_TYPE_TAG, 0, constant}, {});
  uint32_t to_user = add({"", BTF_KIND_PTR, 0, tagged}, {});
  uint32_t takes = add({"", BTF_KIND_FUNC_PROTO, 3, integer}, {name("text"), to_user, 0, to_four, 0, 0});
  uint32_t to_function = add({"", BTF_KIND_PTR, 0, takes}, {});
  uint32_t nothing = add({"", BTF_KIND_FUNC_PROTO, 0, 0}, {});
  uint32_t table = add({"", BTF_KIND_ARRAY, 0, 0}, {to_function, integer, 2});
  uint32_t function = add({"call", BTF_KIND_FUNC, 0, takes}, {});
  uint32_t inner = add({"", BTF_KIND_UNION, 2, 8}, {name("p"), pointer, 0, name("c"), character, 0});
  uint32_t pairs = add({"", BTF_KIND_ARRAY, 0, 0}, {inner, integer, 3});
  uint32_t tail = add({"", BTF_KIND_ARRAY, 0, 0}, {character, integer, 0});
  uint32_t record =
      add({"parcel", BTF_KIND_STRUCT, 7, 80, true}, {name("kind"), integer,   3u << 24 | 0,   // int kind : 3
                                                     name("size"), integer,   5u << 24 | 11,  // int size : 5
                                                     name("flag"), character, 32,             //
                                                     name(""),     inner,     64,             //
                                                     name("more"), pairs,     128,            //
                                                     name("far"),  integer,   576,            //
                                                     name("tail"), tail,      608});

  std::shared_ptr<const Btf> read() const { return Btf::parse(bytes()).value(); }
};

TEST(BtfText, DeclaresAsCDoes) {
  Made made;
  auto btf = made.read();
  auto text = [&](uint32_t id, const char* name) { return declaration(*btf, id, name).text(); };
  EXPECT_EQ(text(made.integer, "x"), "int x");
  EXPECT_EQ(text(made.pointer, "s"), "const char *s");
  EXPECT_EQ(text(made.pointer, ""), "const char *");
  EXPECT_EQ(text(made.to_fixed, "s"), "const char *const *s");
  EXPECT_EQ(text(made.four, "names"), "const char *const *names[4]");
  EXPECT_EQ(text(made.to_four, "names"), "const char *const *(*names)[4]");
  EXPECT_EQ(text(made.to_user, "text"), "const char __user *text");
  EXPECT_EQ(text(made.tail, "tail"), "char tail[]");
  EXPECT_EQ(text(made.table, "calls"), "int (*calls[2])(const char __user *text, const char *const *(*)[4], ...)");
  EXPECT_EQ(text(made.inner, "u"), "union {...} u");
  EXPECT_EQ(text(0, ""), "void");
}

TEST(BtfText, WritesPrototypes) {
  Made made;
  auto btf = made.read();
  EXPECT_EQ(prototype(*btf, made.function, "call"),
            "int call(const char __user *text, const char *const *(*)[4], ...)");
  EXPECT_EQ(prototype(*btf, made.nothing, "stop"), "void stop(void)");
  EXPECT_EQ(parameters(*btf, made.to_function, 1), "const char *const *(*)[4], ...");
  EXPECT_EQ(parameters(*btf, made.nothing), "");
  EXPECT_EQ(prototype(*btf, made.integer, "x"), "");
}

TEST(BtfLayout, ShowsHolesBitFieldsAndRecordsWithoutNames) {
  Made made;
  auto record = layout_of(*made.read(), made.record);
  ASSERT_TRUE(record) << record.error().what;
  EXPECT_EQ(layout_text(*record),
            R"(struct parcel {
    int kind : 3;      /*     0:0   3 */
    /* hole: 1 byte */
    int size : 5;      /*     1:3   5 */
    /* hole: 2 bytes */
    char flag;         /*     4     1 */
    /* hole: 3 bytes */
    union {
        const char *p; /*     8     8 */
        char c;        /*     8     1 */
    };                 /*     8     8 */
    union {
        const char *p; /*    16     8 */
        char c;        /*    16     1 */
    } more[3];         /*    16    24 */
    /* hole: 32 bytes */
    /* cache line 1 (64 bytes, 8 bytes before here) */
    int far;           /*    72     4 */
    char tail[];       /*    76     0 */
    /* padding: 4 bytes */

    /* size: 80, cache lines: 2, members: 7, holes: 4, together: 38 bytes */
};
)");
  EXPECT_FALSE(layout_of(*made.read(), made.integer));
}

// Everything that may be asked of each type: it ends, whatever the types refer to.
void print_all(const Btf& btf) {
  for (uint32_t id = btf.first_id(); id < btf.end_id(); id++) {
    EXPECT_LT(declaration(btf, id, "x").text().size(), 1u << 20);
    prototype(btf, id, "f");
    if (auto record = layout_of(btf, id)) layout_text(*record);
  }
  raw_tracepoints_of(btf);
}

TEST(BtfText, EndsForTypesThatReferToEachOtherInCircles) {
  Made made;
  std::string whole = made.bytes();
  print_all(*made.read());
  std::mt19937 random(11);
  int accepted = 0;
  for (int round = 0; round < 5'000; round++) {
    std::string damaged = whole;
    for (int i = 0; i < 3; i++) damaged[random() % damaged.size()] = static_cast<char>(random() % 24);
    auto btf = Btf::parse(damaged);
    if (btf) print_all(**btf), accepted++;
  }
  EXPECT_GT(accepted, 100);
}

TEST(BtfText, AFunctionThatTakesItselfTwiceEnds) {
  MadeBtf made;
  uint32_t proto = made.add({"", BTF_KIND_FUNC_PROTO, 2, 0}, {0, 2, 0, 2});
  made.add({"", BTF_KIND_PTR, 0, proto}, {});
  auto btf = Btf::parse(made.bytes());
  ASSERT_TRUE(btf);
  EXPECT_LT(prototype(**btf, proto, "f").size(), 64u << 10);
}

TEST(Prototypes, OfTheRunningKernel) {
  NEEDS("btf");
  auto btf = running_btf();
  ASSERT_TRUE(btf) << btf.error().what;
  Prototypes found = prototypes_of(**btf, {"vfs_read", "wake_up_new_task", "no_such_function"});
  EXPECT_EQ(found["vfs_read"],
            (std::vector<std::string>{"ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)"}));
  EXPECT_EQ(found["wake_up_new_task"], (std::vector<std::string>{"void wake_up_new_task(struct task_struct *p)"}));
  EXPECT_FALSE(found.contains("no_such_function"));
}

TEST(Prototypes, RawTracepointsHaveTheNamesOfTheirArguments) {
  NEEDS("btf");
  auto btf = running_btf();
  ASSERT_TRUE(btf);
  std::map<std::string, std::string> found;
  for (RawTracepoint& each : raw_tracepoints_of(**btf)) found[each.name] = each.parameters;
  EXPECT_GT(found.size(), 500u);
  EXPECT_EQ(found["sched_process_fork"], "struct task_struct *parent, struct task_struct *child");
}

// A member lies inside of its record, and what lies between members is a hole of it: the parts sum up.
TEST(BtfLayout, EachRecordOfTheKernelSumsUp) {
  NEEDS("btf");
  auto opened = running_btf();
  ASSERT_TRUE(opened);
  const Btf& btf = **opened;
  size_t checked = 0;
  for (uint32_t id = 1; id < btf.end_id(); id++) {
    if (Btf::kind(btf.type(id)) != BTF_KIND_STRUCT) continue;
    auto record = layout_of(btf, id);
    ASSERT_TRUE(record);
    uint64_t bits = 0;
    for (const MemberLayout& each : record->members) bits += each.bits;
    for (const Hole& each : record->holes) bits += each.bits;
    EXPECT_EQ(bits, record->size * 8) << record->name;
    checked++;
  }
  EXPECT_GT(checked, 1000u);
}

}  // namespace
}  // namespace sonde::kernel

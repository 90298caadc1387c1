// core_types: libbpf relocates with the excerpt as it does with the whole of the kernel's BTF.
#include "bpf/load/minimal_btf.h"

#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <filesystem>

#include "bpf/load/deferred_load.h"
#include "bpf/load/libbpf_log.h"
#include "bpf/load/object_test.h"
#include "kernel/btf_pieces.h"
#include "kernel/needs_test.h"

namespace sonde::bpf {
namespace {

// Each program's instructions, without what stands for a map's descriptor.
using Programs = std::map<std::string, std::vector<uint64_t>>;

Programs relocated(const std::string& object, const char* types) {
  prepare_libbpf();
  std::vector<Code> codes;
  Capture capture;
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "test", .btf_custom_path = types);
  std::unique_ptr<bpf_object, void (*)(bpf_object*)> opened(
      bpf_object__open_mem(object.data(), object.size(), &options), bpf_object__close);
  {
    DeferredLoad deferred_load(codes);
    EXPECT_TRUE(opened && bpf_object__load(opened.get()) == 0) << capture.text();
  }
  Programs programs;
  for (Code& code : codes) {
    for (bpf_insn& each : code.instructions) {
      if (each.code == (BPF_LD | BPF_IMM | BPF_DW) && each.src_reg != 0) each.imm = 0;
      uint64_t word = 0;
      std::memcpy(&word, &each, sizeof word);
      programs[code.symbol].push_back(word);
    }
  }
  return programs;
}

void expect_same(const std::string& object, const std::string& name) {
  auto kernel = kernel::BtfPieces::running();
  ASSERT_TRUE(kernel);
  auto types = core_types(object, **kernel);
  ASSERT_TRUE(types) << name;
  EXPECT_LT(types->size(), 64u << 10) << name;
  base::Fd file(::memfd_create("types", MFD_CLOEXEC));
  ASSERT_TRUE(base::write_all(file.get(), *types, "types"));
  Programs by_excerpt = relocated(object, ("/proc/self/fd/" + std::to_string(file.get())).c_str());
  EXPECT_FALSE(by_excerpt.empty()) << name;
  EXPECT_EQ(by_excerpt, relocated(object, nullptr)) << name;
}

Result<std::string> object_of(const std::string& body) {
  return compile_test_object(
      "#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n" + body, {});
}

TEST(CoreTypes, OfEachKindOfRelocation) {
  NEEDS("btf");
  auto object = object_of(R"(
    struct list_head { struct list_head *next; };
    struct load_weight { unsigned long weight; };
    struct sched_entity { struct load_weight load; };
    struct signal_struct { struct { unsigned long rlim_cur; } rlim[16]; };
    struct task_struct { char comm[16]; int pid; struct sched_entity se; unsigned in_execve : 1;
                          struct signal_struct *signal;
                         struct list_head tasks; };
    struct task_struct___old { long state; int no_such_member; };
    struct task_struct___new { unsigned __state; };
    struct page { unsigned long flags; union { struct { union { struct list_head lru; }; }; }; };
    typedef struct { int counter; } atomic_t;
    struct mm_struct { struct { atomic_t mm_users; }; };
    struct sk_buff { unsigned char pkt_type : 3; unsigned char ip_summed : 2; };
    #pragma clang attribute pop
    enum pid_type { PIDTYPE_PID, PIDTYPE_MAX, PIDTYPE_NONE };
    #define FIELD(field, kind) __builtin_preserve_field_info(field, kind)
    #define NONE(type) ((type *)0)
    SEC("sonde/offsets") long offsets(void *ctx) {
      struct task_struct *task = ctx;
      struct page *page = ctx;
      struct mm_struct *mm = ctx;
      return (long)&task->pid + (long)&task->se.load.weight + (long)&task->comm[3] + (long)&page->lru.next +
              (long)&mm->mm_users.counter +
             (long)&((struct signal_struct *)ctx)->rlim[7].rlim_cur + (long)&((atomic_t *)ctx)->counter +
              (long)&task->tasks.next;
    }
    SEC("sonde/facts") long facts(void *ctx) {
      struct task_struct *task = ctx;
      struct sk_buff *skb = ctx;
      return FIELD(task->comm, 1) + FIELD(skb->ip_summed, 3) + FIELD(skb->pkt_type, 4) * 64 +
              FIELD(skb->pkt_type, 5) * 4096;
    }
    SEC("sonde/views") long views(void *ctx) {
      return FIELD(((struct task_struct___old *)ctx)->state, 2) * 2 +
              FIELD(((struct task_struct___old *)ctx)->no_such_member, 2) * 4 +
             FIELD(((struct task_struct___new *)ctx)->__state, 2) * 8;
    }
    SEC("sonde/types") long types(void *ctx) {
      return __builtin_preserve_type_info(*NONE(struct task_struct), 0) +
              __builtin_preserve_type_info(*NONE(struct page), 1) * 2 +
             __builtin_preserve_enum_value(*(enum pid_type *)PIDTYPE_MAX, 1) * 4096 +
             __builtin_preserve_enum_value(*(enum pid_type *)PIDTYPE_NONE, 0) * 65536;
    }
  )");
  ASSERT_TRUE(object);
  expect_same(*object, "the test's");
}

TEST(CoreTypes, OnlyTheWholeWillDo) {
  NEEDS("btf");
  auto kernel = kernel::BtfPieces::running();
  ASSERT_TRUE(kernel);
  auto absent = object_of(R"(
    struct no_such_record_anywhere { int member; };
    #pragma clang attribute pop
    SEC("sonde/absent") long absent(void *ctx) {
       return __builtin_preserve_field_info(((struct no_such_record_anywhere *)ctx)->member, 2);
     }
  )");
  auto ids = object_of(R"(
    struct task_struct { int pid; };
    #pragma clang attribute pop
    SEC("sonde/ids") long ids(void *ctx) { return __builtin_btf_type_id(*(struct task_struct *)ctx, 1); }
  )");
  auto plain = compile_test_object("SEC(\"sonde/plain\") long plain(void *ctx) { return 1; }", {});
  for (const auto& each : {absent, ids, plain}) {
    ASSERT_TRUE(each);
    EXPECT_FALSE(core_types(*each, **kernel));
  }
}

TEST(CoreTypes, OfEachTool) {
  NEEDS("btf");
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SONDE_BINARY_DIR "/tools")) {
    auto object = entry.path().extension() == ".o" ? base::read_file(entry.path()) : Result<std::string>(std::string());
    ASSERT_TRUE(object);
    auto kernel = kernel::BtfPieces::running();
    if (object->empty() || !core_types(*object, **kernel)) continue;
    expect_same(*object, entry.path().stem());
    count++;
  }
  EXPECT_GT(count, 20);
}

TEST(CoreTypes, OfDamagedObjects) {
  NEEDS("btf");
  auto kernel = kernel::BtfPieces::running();
  auto object = base::read_file(SONDE_BINARY_DIR "/tools/opensnoop.o");
  ASSERT_TRUE(kernel && object);
  ASSERT_TRUE(core_types(*object, **kernel));
  for (size_t size = 0; size < object->size(); size += object->size() / 16)
    (void)core_types(object->substr(0, size), **kernel);
  for (size_t place = 0; place < object->size(); place += object->size() / 40 + 1) {
    std::string damaged = *object;
    for (size_t i = place; i < std::min(place + 64, damaged.size()); i += 3)
      damaged[i] = static_cast<char>(damaged[i] * 31 + 7);
    (void)core_types(damaged, **kernel);
  }
}

}  // namespace
}  // namespace sonde::bpf

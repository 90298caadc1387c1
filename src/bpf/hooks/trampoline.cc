#include "bpf/hooks/trampoline.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "bpf/hooks/kprobe_event.h"
#include "kernel/features.h"
#include "kernel/preemption.h"
#include "kernel/syscalls.h"

namespace sonde::bpf {
namespace {

constexpr size_t kRegisterArguments = 6;

// How such functions begin: maps and buffers, locks, memory, time, copies, texts, stacks, signals, and tracing itself.
constexpr std::array<std::string_view, 56> kCalledByPrograms = {
    "bpf_",       "__bpf_",      "htab_",         "__htab",        "array_map",     "trie_",       "pcpu_",
    "__pcpu",     "lookup_",     "lru_",          "perf_",         "__perf_",       "ring_buffer", "_raw_",
    "__raw_",     "queued_",     "native_queued", "rcu_",          "__rcu_",        "call_rcu",    "migrate_",
    "kmalloc",    "__kmalloc",   "kfree",         "kmem_",         "__kmem",        "slab_",       "__slab",
    "___slab",    "kvfree",      "alloc_pages",   "__alloc_pages", "ktime_",        "irq_work",    "__irq_work",
    "copy_from_", "copy_to_",    "__copy_",       "_copy_",        "strncpy_",      "str",         "mem",
    "vsnprintf",  "snprintf",    "bstr_",         "number",        "format_decode", "get_perf",    "unwind_",
    "__unwind",   "stack_trace", "arch_stack",    "trace_",        "__trace_",      "send_sig",    "group_send"};

std::string argument_difference(const spec::Variant& variant, const kernel::FunctionType& type,
                                const TrampolineTraits& traits) {
  for (size_t i = 0; i < variant.argument_bits.size(); i++) {
    if (variant.argument_bits[i] == 0) continue;
    if (i >= type.argument_bytes.size())
      return fmt::format("the program reads {} arguments, the function has {}", i + 1, type.argument_bytes.size());
    bool is_narrow = variant.argument_bits[i] > 8 * type.argument_bytes[i];
    if (is_narrow && !traits.saves_whole_registers) {
      return fmt::format("the program reads more of argument {} than its {} bytes", i + 1, type.argument_bytes[i]);
    }
  }
  return "";
}

std::string type_difference(const std::optional<kernel::FunctionType>& type) {
  if (!type) return "the kernel's BTF does not have the function";
  if (type->is_ambiguous) return "several functions have this name";
  if (type->argument_bytes.size() > kRegisterArguments)
    return fmt::format("the function has {} arguments", type->argument_bytes.size());
  bool plain =
      std::all_of(type->argument_bytes.begin(), type->argument_bytes.end(), [](uint32_t bytes) { return bytes > 0; });
  return plain ? "" : "the function takes a struct by value, or any number of arguments";
}

}  // namespace

bool is_called_by_programs(std::string_view function) {
  return std::any_of(kCalledByPrograms.begin(), kCalledByPrograms.end(),
                     [&](std::string_view prefix) { return function.starts_with(prefix); });
}

std::string trampoline_difference(const Hook& wanted, const spec::Variant& variant,
                                  const std::optional<kernel::FunctionType>& type, const TrampolineTraits& traits) {
  if (!variant.differs.empty()) return variant.differs;
  if (wanted.as<KernelFunction>().offset != 0) return "it is inside the function";
  if (wanted.target.starts_with("0x")) return "it is given by its address";
  if (is_called_by_programs(wanted.target)) return "programs call this function themselves";
  if (std::string why = type_difference(type); !why.empty()) return why;
  if (variant.reads_result && !type->returns) return "the function returns nothing";
  return argument_difference(variant, *type, traits);
}

void expect_trampolines(const spec::Spec& spec) {
  std::vector<std::string> functions;
  for (const spec::Program& program : spec.programs) {
    bool may_be_one = std::any_of(program.variants.begin(), program.variants.end(), [](const spec::Variant& variant) {
      return (variant.kind == name_of(HookKind::kFentry) || variant.kind == name_of(HookKind::kFexit)) &&
             variant.differs.empty();
    });
    if (may_be_one && program.auto_attach) functions.push_back(kernel::fix_syscall_function(program.hook.target));
  }
  kernel::FunctionTypes::expect(functions);
}

std::string trampoline_target(const std::string& function) {
  auto types = kernel::FunctionTypes::running();
  std::string known = types ? (*types)->known_as(function) : "";
  return known.empty() ? function : known;
}

std::string trampoline_difference(const Hook& wanted, const spec::Variant& variant) {
  if (kernel::is_preemptible())
    return "this kernel can take the processor from a program in a trampoline, which then misses calls";
  if (!variant.differs.empty()) return variant.differs;
  std::optional<kernel::FunctionType> type;
  auto types = kernel::FunctionTypes::running();
  if (types) type = (*types)->find((*types)->known_as(wanted.target));
  TrampolineTraits traits{kernel::has_feature("whole_arguments")};
  std::string why = trampoline_difference(wanted, variant, type, traits);
  if (why.empty() && !is_one_function(wanted.target)) return "several functions have this name";
  return why;
}

}  // namespace sonde::bpf

#include "compile/kernel/header_types.h"

#include <algorithm>
#include <array>

namespace sonde::compile {
namespace {

using clang::ASTContext;

struct Tag {
  std::string_view name;
  std::string_view in_btf;
};

// In linux/socket.h, linux/types.h and linux/elf.h; those of times are the C library's names for what system calls
// take.
constexpr auto kTags = std::to_array<Tag>({
    {"elf_note", "elf64_note"},
    {"elf_phdr", "elf64_phdr"},
    {"elf_shdr", "elf64_shdr"},
    {"elfhdr", "elf64_hdr"},
    {"itimerspec", "__kernel_itimerspec"},
    {"itimerval", "__kernel_old_itimerval"},
    {"rcu_head", "callback_head"},
    {"sockaddr_storage", "__kernel_sockaddr_storage"},
    {"timespec", "__kernel_timespec"},
    {"timeval", "__kernel_old_timeval"},
});

struct Plain {
  std::string_view name;
  clang::CanQualType ASTContext::* type;
};

constexpr auto kPlain = std::to_array<Plain>({
    {"__kernel_mode_t", &ASTContext::UnsignedIntTy},
    {"__kernel_time_t", &ASTContext::LongTy},
    {"__poll_t", &ASTContext::UnsignedIntTy},
    {"blk_mode_t", &ASTContext::UnsignedIntTy},
    {"blk_opf_t", &ASTContext::UnsignedIntTy},
    {"blk_qc_t", &ASTContext::UnsignedIntTy},
    {"blk_status_t", &ASTContext::UnsignedCharTy},
    {"blkcnt_t", &ASTContext::UnsignedLongLongTy},
    {"clock_t", &ASTContext::LongTy},
    {"clockid_t", &ASTContext::IntTy},
    {"daddr_t", &ASTContext::IntTy},
    {"dev_t", &ASTContext::UnsignedIntTy},
    {"dma_addr_t", &ASTContext::UnsignedLongLongTy},
    {"fmode_t", &ASTContext::UnsignedIntTy},
    {"gfp_t", &ASTContext::UnsignedIntTy},
    {"gid16_t", &ASTContext::UnsignedShortTy},
    {"gid_t", &ASTContext::UnsignedIntTy},
    {"id_t", &ASTContext::IntTy},
    {"in_addr_t", &ASTContext::UnsignedIntTy},
    {"in_port_t", &ASTContext::UnsignedShortTy},
    {"ino_t", &ASTContext::UnsignedLongTy},
    {"intmax_t", &ASTContext::LongTy},
    {"irq_hw_number_t", &ASTContext::UnsignedLongTy},
    {"key_t", &ASTContext::IntTy},
    {"ktime_t", &ASTContext::LongLongTy},
    {"loff_t", &ASTContext::LongLongTy},
    {"mode_t", &ASTContext::UnsignedIntTy},
    {"mqd_t", &ASTContext::IntTy},
    {"nlink_t", &ASTContext::UnsignedIntTy},
    {"off_t", &ASTContext::LongTy},
    {"old_gid_t", &ASTContext::UnsignedShortTy},
    {"old_uid_t", &ASTContext::UnsignedShortTy},
    {"pgoff_t", &ASTContext::UnsignedLongTy},
    {"phys_addr_t", &ASTContext::UnsignedLongLongTy},
    {"pid_t", &ASTContext::IntTy},
    {"qid_t", &ASTContext::UnsignedIntTy},
    {"resource_size_t", &ASTContext::UnsignedLongLongTy},
    {"sa_family_t", &ASTContext::UnsignedShortTy},
    {"sector_t", &ASTContext::UnsignedLongLongTy},
    {"slab_flags_t", &ASTContext::UnsignedIntTy},
    {"socklen_t", &ASTContext::UnsignedIntTy},
    {"suseconds_t", &ASTContext::LongTy},
    {"time64_t", &ASTContext::LongLongTy},
    {"time_t", &ASTContext::LongTy},
    {"timer_t", &ASTContext::IntTy},
    {"timeu64_t", &ASTContext::UnsignedLongLongTy},
    {"u_char", &ASTContext::UnsignedCharTy},
    {"u_int", &ASTContext::UnsignedIntTy},
    {"u_long", &ASTContext::UnsignedLongTy},
    {"u_short", &ASTContext::UnsignedShortTy},
    {"uid16_t", &ASTContext::UnsignedShortTy},
    {"uid_t", &ASTContext::UnsignedIntTy},
    {"uint", &ASTContext::UnsignedIntTy},
    {"uintmax_t", &ASTContext::UnsignedLongTy},
    {"ulong", &ASTContext::UnsignedLongTy},
    {"umode_t", &ASTContext::UnsignedShortTy},
    {"unchar", &ASTContext::UnsignedCharTy},
    {"useconds_t", &ASTContext::UnsignedIntTy},
    {"ushort", &ASTContext::UnsignedShortTy},
    {"vm_fault_t", &ASTContext::UnsignedIntTy},
    {"vm_flags_t", &ASTContext::UnsignedLongTy},
});

template <typename Table>
auto find(const Table& table, std::string_view name) {
  auto found = std::ranges::lower_bound(table, name, {}, [](const auto& row) { return row.name; });
  return found != table.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

std::string_view tag_in_btf(std::string_view name) {
  const auto* tag = find(kTags, name);
  return tag ? tag->in_btf : std::string_view();
}

clang::QualType header_typedef(const ASTContext& context, std::string_view name) {
  if (name == "caddr_t") return context.getPointerType(context.CharTy);
  const auto* plain = find(kPlain, name);
  return plain ? clang::QualType(context.*plain->type) : clang::QualType();
}

}  // namespace sonde::compile

// User and group ids as the kernel keeps them.
#pragma once

#define KUIDT_INIT(value) ((kuid_t){value})
#define KGIDT_INIT(value) ((kgid_t){value})
#define __kuid_val(uid) ((uid).val)
#define __kgid_val(gid) ((gid).val)
#define uid_eq(left, right) ((left).val == (right).val)
#define gid_eq(left, right) ((left).val == (right).val)
// The number of an id in a namespace, from the at most 340 ranges that the namespace maps; -1 for none.
#define SONDE_MAP_UP(map_, id_) \
  ({ __auto_type ranges_ = (map_); u32 kernel_ = (id_), count_ = ranges_->nr_extents, found_ = (u32)-1; \
     for (u32 i_ = 0; i_ < 340 && i_ < count_; i_++) { \
       struct uid_gid_extent *range_ = count_ <= 5 ? &ranges_->extent[i_] : &ranges_->forward[i_]; \
       u32 offset_ = kernel_ - range_->lower_first; \
       if (offset_ < range_->count) { found_ = range_->first + offset_; break; } \
     } \
     found_; })
#define from_kuid(to, kuid) ((uid_t)SONDE_MAP_UP(&(to)->uid_map, (kuid).val))
#define from_kgid(to, kgid) ((gid_t)SONDE_MAP_UP(&(to)->gid_map, (kgid).val))
#define from_kuid_munged(to, kuid) ({ uid_t munged_ = from_kuid(to, kuid); munged_ == (uid_t)-1 ? 65534 : munged_; })
#define from_kgid_munged(to, kgid) ({ gid_t munged_ = from_kgid(to, kgid); munged_ == (gid_t)-1 ? 65534 : munged_; })
#define uid_valid(uid) ((uid).val != (uid_t)-1)
#define gid_valid(gid) ((gid).val != (gid_t)-1)
#define uid_lt(left, right) ((left).val < (right).val)
#define uid_gt(left, right) ((left).val > (right).val)
#define GLOBAL_ROOT_UID KUIDT_INIT(0)
#define GLOBAL_ROOT_GID KGIDT_INIT(0)

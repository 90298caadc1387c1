// Names of files.
#pragma once

#define d_lock d_lockref.lock
// Where a short name is kept, inside the dentry itself.
#if defined(SONDE_HAS_DENTRY_SHORTNAME)
#define d_iname d_shortname.string
#endif
#define IS_ROOT(x) ((x) == (x)->d_parent)
#define d_inode(dentry) ((dentry)->d_inode)
#define d_backing_inode(dentry) ((dentry)->d_inode)
#define d_really_is_negative(dentry) ((dentry)->d_inode == NULL)
#define d_really_is_positive(dentry) ((dentry)->d_inode != NULL)
#define d_unhashed(dentry) ((dentry)->d_hash.pprev == NULL)
#define d_unlinked(dentry) (d_unhashed(dentry) && !IS_ROOT(dentry))
#define __d_entry_type(dentry) ((dentry)->d_flags & DCACHE_ENTRY_TYPE)
#define d_is_miss(dentry) (__d_entry_type(dentry) == DCACHE_MISS_TYPE)
#define d_is_negative(dentry) d_is_miss(dentry)
#define d_is_positive(dentry) (!d_is_negative(dentry))
#define d_is_dir(dentry) (__d_entry_type(dentry) == DCACHE_DIRECTORY_TYPE || __d_entry_type(dentry) == DCACHE_AUTODIR_TYPE)
#define d_is_symlink(dentry) (__d_entry_type(dentry) == DCACHE_SYMLINK_TYPE)
#define d_is_reg(dentry) (__d_entry_type(dentry) == DCACHE_REGULAR_TYPE)
#define d_is_file(dentry) (d_is_reg(dentry) || __d_entry_type(dentry) == DCACHE_SPECIAL_TYPE)
#define d_count(dentry) ((unsigned int)(dentry)->d_lockref.count)
#define hashlen_hash(hashlen) ((u32)(hashlen))
#define hashlen_len(hashlen) ((u32)((hashlen) >> 32))

// Names of files.
#pragma once

#define d_lock d_lockref.lock
// The length of a name kept inside the dentry itself is another one on other kernels.
#if defined(SONDE_HAS_DENTRY_SHORTNAME)
#define d_iname d_shortname.string
#define DNAME_INLINE_LEN sizeof(((struct dentry *)0)->d_shortname.string)
#else
#define DNAME_INLINE_LEN sizeof(((struct dentry *)0)->d_iname)
#endif
#define IS_ROOT(x) ((x) == (x)->d_parent)
#define d_inode(dentry) ((dentry)->d_inode)
#define d_backing_inode(dentry) ((dentry)->d_inode)
#define d_really_is_negative(dentry) ((dentry)->d_inode == NULL)
#define d_really_is_positive(dentry) ((dentry)->d_inode != NULL)

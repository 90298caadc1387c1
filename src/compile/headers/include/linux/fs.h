// Files and inodes.
#pragma once

#include <linux/dcache.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/stat.h>
#include <linux/uidgid.h>

#define file_inode(f) ((f)->f_inode)
#define file_dentry(f) ((f)->f_path.dentry)
#define i_size_read(inode) ((inode)->i_size)
#define i_uid_read(inode) ((inode)->i_uid.val)
#define i_gid_read(inode) ((inode)->i_gid.val)
#define imajor(inode) MAJOR((inode)->i_rdev)
#define iminor(inode) MINOR((inode)->i_rdev)
#define IS_RDONLY(inode) (((inode)->i_sb->s_flags & 1) != 0)
#define special_file(m) (S_ISCHR(m) || S_ISBLK(m) || S_ISFIFO(m) || S_ISSOCK(m))
#define real_mount(mnt_) container_of(mnt_, struct mount, mnt)
#define mnt_has_parent(mount) ((mount) != (mount)->mnt_parent)
#define sb_rdonly(sb) (((sb)->s_flags & 1) != 0)
#define i_blocksize(inode) (1U << (inode)->i_blkbits)
#define is_sync_kiocb(kiocb) ((kiocb)->ki_complete == NULL)
#define IS_SYNC(inode) (((inode)->i_sb->s_flags & SB_SYNCHRONOUS) != 0 || ((inode)->i_flags & S_SYNC) != 0)
#define IS_APPEND(inode) (((inode)->i_flags & S_APPEND) != 0)
#define IS_IMMUTABLE(inode) (((inode)->i_flags & S_IMMUTABLE) != 0)
#define IS_DEADDIR(inode) (((inode)->i_flags & S_DEAD) != 0)
#define IS_SWAPFILE(inode) (((inode)->i_flags & S_SWAPFILE) != 0)

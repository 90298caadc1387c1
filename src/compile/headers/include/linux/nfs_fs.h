// The inodes of NFS.
#pragma once

#include <linux/fs.h>

#define NFS_I(inode) container_of(inode, struct nfs_inode, vfs_inode)
#define NFS_SB(sb) ((struct nfs_server *)(sb)->s_fs_info)
#define NFS_SERVER(inode) NFS_SB((inode)->i_sb)
#define NFS_FH(inode) (&NFS_I(inode)->fh)
#define NFS_FILEID(inode) (NFS_I(inode)->fileid)
#define nfs_file_open_context(filp) ((struct nfs_open_context *)(filp)->private_data)

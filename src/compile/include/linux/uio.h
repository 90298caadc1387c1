// Where the data of a read or a write are.
#pragma once

#define iov_iter_count(i) ((i)->count)
#define iov_iter_type(i) ((i)->iter_type)
#define iov_iter_rw(i) ((i)->data_source ? 1 : 0)
#define iter_is_ubuf(i) ((i)->iter_type == ITER_UBUF)
#define iter_is_iovec(i) ((i)->iter_type == ITER_IOVEC)
#define iov_iter_is_kvec(i) ((i)->iter_type == ITER_KVEC)
#define iov_iter_is_bvec(i) ((i)->iter_type == ITER_BVEC)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define iter_iov(iter) ((iter)->__iov)
#else
#define iter_iov(iter) ((iter)->iov)
#endif

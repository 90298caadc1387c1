// Where the data of a read or a write are.
#pragma once

#define iov_iter_count(i) ((i)->count)
#define iov_iter_type(i) ((i)->iter_type)
#define iov_iter_rw(i) ((i)->data_source ? 1 : 0)
#define iter_is_ubuf(i) ((i)->iter_type == ITER_UBUF)
#define iter_is_iovec(i) ((i)->iter_type == ITER_IOVEC)
#define iov_iter_is_kvec(i) ((i)->iter_type == ITER_KVEC)
#define iov_iter_is_bvec(i) ((i)->iter_type == ITER_BVEC)
#if defined(SONDE_HAS_ITER_IOV_RENAMED)
#define iter_iov(iter) \
  ((iter)->iter_type == ITER_UBUF ? (const struct iovec *)&(iter)->__ubuf_iovec : (iter)->__iov)
#else
#define iter_iov(iter) ((iter)->iov)
#endif

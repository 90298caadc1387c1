// Control messages of sockets.
#pragma once

#define CMSG_ALIGN(len) (((len) + sizeof(long) - 1) & ~(sizeof(long) - 1))
#define CMSG_DATA(cmsg) ((void *)(cmsg) + sizeof(struct cmsghdr))
#define CMSG_SPACE(len) (sizeof(struct cmsghdr) + CMSG_ALIGN(len))
#define CMSG_LEN(len) (sizeof(struct cmsghdr) + (len))
#define __CMSG_FIRSTHDR(control, length) \
  ((length) >= sizeof(struct cmsghdr) ? (struct cmsghdr *)(control) : (struct cmsghdr *)NULL)
#define CMSG_FIRSTHDR(msg) __CMSG_FIRSTHDR((msg)->msg_control, (msg)->msg_controllen)
#define __CMSG_NXTHDR(control, length, cmsg) __cmsg_nxthdr(control, length, cmsg)
#define __cmsg_nxthdr(control, length, cmsg) \
  ({ struct cmsghdr *this_ = (cmsg), *next_ = (struct cmsghdr *)((char *)this_ + CMSG_ALIGN(this_->cmsg_len)); \
     (unsigned long)((char *)(next_ + 1) - (char *)(control)) > (length) ? (struct cmsghdr *)NULL : next_; })
#define cmsg_nxthdr(msg, cmsg) __cmsg_nxthdr((msg)->msg_control, (msg)->msg_controllen, cmsg)
#define CMSG_NXTHDR(msg, cmsg) cmsg_nxthdr(msg, cmsg)
#define CMSG_OK(msg, cmsg) \
  ((cmsg)->cmsg_len >= sizeof(struct cmsghdr) && \
   (cmsg)->cmsg_len <= (unsigned long)((msg)->msg_controllen - ((char *)(cmsg) - (char *)(msg)->msg_control)))
#define msg_data_left(msg) ((msg)->msg_iter.count)

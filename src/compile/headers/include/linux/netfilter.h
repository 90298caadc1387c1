// Netfilter; NF_* need no header.
#pragma once

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/skbuff.h>

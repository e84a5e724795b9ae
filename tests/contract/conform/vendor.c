/* Stands for the runtime of a vendor's driver, which plugins must not link. */
int bh_vendor(void);
__attribute__((visibility("default"))) int bh_vendor(void) { return 1; }

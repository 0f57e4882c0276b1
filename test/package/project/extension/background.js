// only there to be found by: it says which address the extension has

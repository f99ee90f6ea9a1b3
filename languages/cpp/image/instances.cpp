// What std.h declares to be instantiated elsewhere: here.
#include <bits/stdc++.h>

template class std::__format::_Seq_sink<std::string>;
template class std::__format::_Seq_sink<std::wstring>;

const again = () => {
  try { for (;;); } catch { again(); } finally { again(); }
};
again();

// As light or dark as the reader set Airflow's own pages; where they set nothing, as their machine says.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch (_) {
  // A browser that keeps nothing for us goes by the machine.
}

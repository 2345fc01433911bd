// A line on top of Airflow's pages for each task that sleeps because its vendor is closed: why, and until when.
//
// Airflow loads it into its own page (react_apps, destination "base") and lends it its React. On a run it tells of that
// run, on a DAG of its runs, elsewhere of all. It asks Airflow's API as the person who looks, and shows text, no HTML.
const SECONDS = 10;
const LINES_MAX = 20;

const address = (dagId, runId) => {
  const of = (name) => (name === undefined ? "~" : encodeURIComponent(name));
  const path = `api/v2/dags/${of(dagId)}/dagRuns/${of(runId)}/taskInstances`;
  return new URL(`${path}?state=up_for_reschedule&limit=${LINES_MAX}`, document.baseURI);
};

const style = {
  background: "#fff4d6",
  borderLeft: "4px solid #d98e04",
  borderRadius: "4px",
  color: "#3d2c00",
  margin: "0 0 8px 0",
  padding: "8px 12px",
};

globalThis.AirflowPlugin = ({ dagId, runId }) => {
  const { createElement, useEffect, useState } = globalThis.React;
  const [sleeping, setSleeping] = useState([]);

  useEffect(() => {
    let gone = false;
    const look = async () => {
      // A page that is being left, or a server that is away, has nothing to tell; it is asked again.
      const answer = await fetch(address(dagId, runId)).catch(() => undefined);
      const told = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
      if (!gone) setSleeping((told?.task_instances ?? []).filter((task) => task.rendered_map_index));
    };
    look();
    const timer = setInterval(look, SECONDS * 1000);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [dagId, runId]);

  return sleeping.map((task) =>
    createElement(
      "div",
      { key: task.id, role: "status", style },
      createElement("strong", null, `${task.dag_id}, ${task.task_id}: `),
      task.rendered_map_index,
    ),
  );
};

/** A share over iterations, as a line small enough for a row; its ends are told in words. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  if (values.length < 2) return <span class="spark" />;
  const [width, height, margin] = [120, 32, 3];
  const points = values.map((value, index) => {
    const x = margin + (index / (values.length - 1)) * (width - 2 * margin);
    const y = height - margin - Math.min(1, Math.max(0, value)) * (height - 2 * margin);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const [x, y] = (points.at(-1) ?? "0,0").split(",");
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <line x1={margin} x2={width - margin} y1={height - margin} y2={height - margin} class="base" />
      <polyline points={points.join(" ")} />
      <circle cx={x} cy={y} r="2.5" />
    </svg>
  );
}

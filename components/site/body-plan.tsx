/** What the hull is at each station, seen from its ends. For sign-in and for what is still empty. */
export function BodyPlan({ className = '' }: { className?: string }) {
  return (
    <svg
      className={`body-plan h-auto overflow-visible ${className}`}
      viewBox="0 0 520 380"
      aria-hidden="true"
      focusable="false"
    >
      <g transform="translate(260 330)">
        <path
          className="plan-grid"
          d="M-216 0H216M-216 -46H216M-216 -138H216M-216 -184H216M-216 -230H216M-216 -276H216M-200 10V-299M-133.3 10V-299M-66.7 10V-299M0 10V-299M66.7 10V-299M133.3 10V-299M200 10V-299"
        />
        <path className="plan-paint" d="M0 0C145.8 0 195.7 -29.9 197 -92H-197C-195.7 -29.9 -145.8 0 0 0Z" />
        <path
          className="plan-station"
          d="M0 -57.5C-12.3 -57.5 -26 -49.6 -59 -92C-91.9 -131.1 -137.5 -203.7 -137.5 -249.7"
        />
        <path
          className="plan-station"
          d="M0 -39.9C-26.9 -39.9 -65.3 -46.3 -90.6 -92C-115.9 -131.1 -150.9 -200.4 -150.9 -246.4"
        />
        <path
          className="plan-station"
          d="M0 -25.5C-44.9 -25.5 -97.2 -43 -116.5 -92C-135.8 -131.1 -162.4 -197.1 -162.4 -243.1"
        />
        <path
          className="plan-station"
          d="M0 -14.4C-66 -14.4 -125.2 -39.8 -139.2 -92C-153.3 -131.1 -172.8 -193.9 -172.8 -239.9"
        />
        <path
          className="plan-station"
          d="M0 -6.4C-90 -6.4 -150.5 -36.5 -159.9 -92C-169.3 -131.1 -182.4 -190.6 -182.4 -236.6"
        />
        <path
          className="plan-station"
          d="M0 -1.6C-116.6 -1.6 -173.9 -33.2 -179 -92C-184.2 -131.1 -191.4 -187.3 -191.4 -233.3"
        />
        <path
          className="plan-station mid"
          d="M0 0C-145.8 0 -195.7 -29.9 -197 -92C-198.3 -131.1 -200 -184 -200 -230"
        />
        <path
          className="plan-station"
          d="M0 -3.9C6.5 -3.9 9.7 -49.6 31 -92C52.3 -131.1 81.7 -224.6 81.7 -270.6"
        />
        <path
          className="plan-station"
          d="M0 -3.3C17.8 -3.3 38.7 -46.3 59.9 -92C81.1 -131.1 110.4 -212.2 110.4 -258.2"
        />
        <path
          className="plan-station"
          d="M0 -2.6C34 -2.6 69.2 -43 88.1 -92C106.9 -131.1 132.9 -202 132.9 -248"
        />
        <path
          className="plan-station"
          d="M0 -2C54.9 -2 100.4 -39.8 115.8 -92C131.1 -131.1 152.3 -194.1 152.3 -240.1"
        />
        <path
          className="plan-station"
          d="M0 -1.3C80.5 -1.3 132 -36.5 143.1 -92C154.2 -131.1 169.6 -188.5 169.6 -234.5"
        />
        <path
          className="plan-station"
          d="M0 -0.7C110.8 -0.7 163.8 -33.2 170.2 -92C176.5 -131.1 185.4 -185.1 185.4 -231.1"
        />
        <path
          className="plan-station mid"
          d="M0 0C145.8 0 195.7 -29.9 197 -92C198.3 -131.1 200 -184 200 -230"
        />
        <path
          className="plan-station mid"
          d="M0 -255.3L-137.5 -249.7L-150.9 -246.4L-162.4 -243.1L-172.8 -239.9L-182.4 -236.6L-191.4 -233.3L-200 -230"
        />
        <path
          className="plan-station mid"
          d="M0 -292.1L81.7 -270.6L110.4 -258.2L132.9 -248L152.3 -240.1L169.6 -234.5L185.4 -231.1L200 -230"
        />
        <path className="plan-water" d="M-260 -92H260" />
        <path className="plan-water" d="M232 -103h14l-7 9z" />
      </g>
    </svg>
  )
}

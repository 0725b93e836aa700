/** A hull on its slipway, down to the waterline. The page's one picture; its words stand in the caption. */
export function Yard() {
  return (
    <figure className="mt-12">
      <svg
        className="yard block h-auto w-full max-sm:hidden"
        viewBox="0 0 1440 210"
        aria-hidden="true"
        focusable="false"
      >
        <path className="yard-line" d="M0 63L1355.2 179.9" />
        <path
          className="yard-tick"
          d="M0 63v10M50.7 67.4v5M101.4 71.8v5M152.1 76.1v5M202.8 80.5v5M253.5 84.9v5M304.2 89.3v10M354.9 93.6v5M405.6 98v5M456.3 102.4v5M507 106.8v5M557.7 111.1v5M608.4 115.5v10M659.1 119.9v5M709.8 124.3v5M760.5 128.6v5M811.2 133v5M861.9 137.4v5M912.6 141.8v10M963.3 146.1v5M1014 150.5v5M1064.7 154.9v5M1115.4 159.3v5M1166.1 163.6v5M1216.8 168v10"
        />
        <g transform="translate(576 100.7) rotate(4.93)">
          <clipPath id="hull1440">
            <path d="M9.4 -82.9C16.5 -51.8 28.2 -18.5 65.8 0L404.2 0C423 -1.5 437.1 -8.9 441.8 -22.2C448.8 -31.1 462.9 -37 465.3 -45.9L470 -74C329 -63.6 141 -63.6 9.4 -82.9Z" />
          </clipPath>
          <g clipPath="url(#hull1440)">
            <path className="yard-paint" d="M-47 -34L517 -34L517 7.4L-47 7.4Z" />
          </g>
          <g clipPath="url(#hull1440)">
            <path
              className="yard-frame"
              d="M84.6 0L84.6 -66.6M122.2 0L122.2 -66.6M159.8 0L159.8 -66.6M197.4 0L197.4 -66.6M235 0L235 -66.6M272.6 0L272.6 -66.6M310.2 0L310.2 -66.6M347.8 0L347.8 -66.6M385.4 0L385.4 -66.6M-47 -17L517 -17M-47 -51.1L517 -51.1"
            />
            <path className="yard-waterline" d="M-47 -34L517 -34" />
          </g>
          <path className="yard-tick" d="M-9.4 -99.2H479.4M-9.4 -93.2V-105.1M479.4 -93.2V-105.1" />
          <path
            className="yard-line"
            d="M9.4 -82.9C16.5 -51.8 28.2 -18.5 65.8 0L404.2 0C423 -1.5 437.1 -8.9 441.8 -22.2C448.8 -31.1 462.9 -37 465.3 -45.9L470 -74C329 -63.6 141 -63.6 9.4 -82.9ZM79.9 1h9v9h-9zM118.4 1h9v9h-9zM157 1h9v9h-9zM195.5 1h9v9h-9zM234.1 1h9v9h-9zM272.6 1h9v9h-9zM311.1 1h9v9h-9zM349.7 1h9v9h-9zM388.2 1h9v9h-9z"
          />
          <path
            className="yard-frame"
            d="M94 -37L84 11M150.4 -37L140.4 11M206.8 -37L196.8 11M263.2 -37L253.2 11M319.6 -37L309.6 11M376 -37L366 11"
          />
        </g>
        <path className="yard-water" d="M1192.8 168H1440M1214.8 173H1440M1250.8 178H1440M1288.8 183H1440" />
        <path className="yard-water" d="M1332.2 157h14l-7 9z" />
        <path className="yard-tick" d="M73 69.3v26" />
        <text x="79" y="95.3">
          notebook
        </text>
        <path className="yard-tick" d="M304.2 89.3v26" />
        <text x="310.2" y="115.3">
          types, tests, git
        </text>
        <path className="yard-tick" d="M1046.4 153.3v26" />
        <text x="1052.4" y="179.3">
          image, pipeline
        </text>
        <text className="yard-in-use" x="1353.2" y="162">
          in use
        </text>
      </svg>
      <svg
        className="yard block h-auto w-full sm:hidden"
        viewBox="0 0 390 120"
        aria-hidden="true"
        focusable="false"
      >
        <path className="yard-line" d="M0 36L367 102.8" />
        <path
          className="yard-tick"
          d="M0 36v10M13.7 38.5v5M27.5 41v5M41.2 43.5v5M54.9 46v5M68.7 48.5v5M82.4 51v10M96.1 53.5v5M109.9 56v5M123.6 58.5v5M137.3 61v5M151 63.5v5M164.8 66v10M178.5 68.5v5M192.2 71v5M206 73.5v5M219.7 76v5M233.4 78.5v5M247.2 81v10M260.9 83.5v5M274.6 86v5M288.4 88.5v5M302.1 91v5M315.8 93.5v5M329.6 96v10"
        />
        <g transform="translate(132.6 54.1) rotate(10.32)">
          <clipPath id="hull390">
            <path d="M3.8 -40.3C6.7 -25.2 11.4 -9 26.6 0L163.4 0C171 -0.7 176.7 -4.3 178.6 -10.8C181.4 -15.1 187.2 -18 188.1 -22.3L190 -36C133 -31 57 -31 3.8 -40.3Z" />
          </clipPath>
          <g clipPath="url(#hull390)">
            <path className="yard-paint" d="M-19 -16.6L209 -16.6L209 3.6L-19 3.6Z" />
          </g>
          <g clipPath="url(#hull390)">
            <path
              className="yard-frame"
              d="M34.2 0L34.2 -32.4M49.4 0L49.4 -32.4M64.6 0L64.6 -32.4M79.8 0L79.8 -32.4M95 0L95 -32.4M110.2 0L110.2 -32.4M125.4 0L125.4 -32.4M140.6 0L140.6 -32.4M155.8 0L155.8 -32.4M-19 -8.3L209 -8.3M-19 -24.8L209 -24.8"
            />
            <path className="yard-waterline" d="M-19 -16.6L209 -16.6" />
          </g>
          <path
            className="yard-line"
            d="M3.8 -40.3C6.7 -25.2 11.4 -9 26.6 0L163.4 0C171 -0.7 176.7 -4.3 178.6 -10.8C181.4 -15.1 187.2 -18 188.1 -22.3L190 -36C133 -31 57 -31 3.8 -40.3ZM32.3 1h5v4h-5zM47.9 1h5v4h-5zM63.5 1h5v4h-5zM79 1h5v4h-5zM94.6 1h5v4h-5zM110.2 1h5v4h-5zM125.8 1h5v4h-5zM141.4 1h5v4h-5zM156.9 1h5v4h-5z"
          />
          <path
            className="yard-frame"
            d="M38 -18L28 5M60.8 -18L50.8 5M83.6 -18L73.6 5M106.4 -18L96.4 5M129.2 -18L119.2 5M152 -18L142 5"
          />
        </g>
        <path className="yard-water" d="M305.6 96H390M327.6 101H390M363.6 106H390M401.6 111H390" />
        <path className="yard-water" d="M355.7 85h14l-7 9z" />
      </svg>
      <figcaption className="sr-only">
        A hull on a slipway, from the yard down to the waterline: notebook; types, tests and git; image and
        pipeline; in use.
      </figcaption>
    </figure>
  )
}

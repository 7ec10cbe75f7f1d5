// SPDX-License-Identifier: MIT
// seconds-until TIME LEAST MOST
import { Failure } from '../world.mjs';

export default function run(world, [time, least, most], { mutated }) {
	const seconds = (Date.parse(time) - Date.now()) / 1000;
	const fits = seconds >= Number(least) && seconds <= Number(most);

	if (fits === mutated)
		throw new Failure(`${time} is ${seconds} s away`);
}

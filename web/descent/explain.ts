/** Each optimizer in three sentences: what it remembers, what that does on a surface, where it fails. */
import type { RacerName } from '../optimizers.ts';

export const SENTENCES: Readonly<Record<RacerName, string>> = {
  sgd: 'It remembers nothing: each step follows the gradient of the place where it is. Across a narrow valley the gradient is large, along it small, so one rate is too much for one direction and too little for the other. Above a certain rate it diverges.',
  momentum:
    'It remembers a velocity, nine tenths of which survive each step. Components that change their sign from step to step cancel, those that agree add up to ten times a single step. So it rolls along valleys, past the minimum, and back.',
  nesterov:
    'It remembers a velocity as momentum does, but looks at the gradient where the velocity is about to lead. It brakes earlier when the ground begins to rise. So it overshoots less at the same rate.',
  adagrad:
    'It remembers the sum of all squared gradients, each coordinate its own, and divides by the root. Steep directions get smaller steps, so the path goes straight where plain descent zigzags. The sum only grows, so the steps shrink.',
  rmsprop:
    'It remembers a moving average of squared gradients and divides by its root. Steps have about the same length wherever the gradient is steady. Close to a minimum they do not shrink: it jitters around it.',
  adam: 'It remembers a mean of gradients and a mean of their squares, and divides one by the root of the other. A step is about as long as the rate, whatever the slope. Both start at zero, which the first steps correct for.',
  adamw:
    'It is Adam with a weight decay that is not part of the gradient. At each step the weights shrink by a share of themselves, however small the gradient is. Where the minimum is not the origin, it comes to rest a little before it.',
  nadam:
    'It is Adam that looks ahead as Nesterov does: this step’s gradient counts once more in the mean that is followed. It turns a little earlier. So it overshoots less than Adam at the same rate.',
  ftrl: 'It remembers all gradients, and computes at each step the best weights for all of them together. It was made for sparse data, where most gradients are zero. On a surface its rate falls as AdaGrad’s does.',
  adadelta:
    'It divides by the root of recent squared gradients and multiplies by that of recent squared steps. So a step has the units of the weights, and no rate is needed. Its first steps are tiny, because no step has been made yet.',
  adamax:
    'It is Adam with the largest recent gradient in place of the root of a mean square. A single large gradient is remembered longer. Between such gradients it goes Adam’s way.',
  yogi: 'It changes its mean square by a share of the newest square, where Adam takes a share of the difference. After a steep place the divisor falls slowly, so the next steps stay small. That is calmer than Adam where gradients come rarely.',
  signSgd:
    'It uses only the signs of the gradient: every coordinate moves by the rate, up or down. It walks at 45 degrees, or along an axis when the other coordinate is done. It never comes to rest, but steps around the minimum.',
  radam:
    'It is Adam that first measures how far its mean square can be trusted. As long as it cannot, it is momentum. That takes the place of a warm-up.',
  adabelief:
    'It divides by how much gradients differ from their own mean. Where they agree it takes long steps, where they surprise it short ones. On a smooth slope it is faster than Adam.',
  adan: 'It remembers a mean of gradients, a mean of their changes, and squares of both together. The change says where the gradient is going, which is Nesterov’s look ahead without another gradient. It tolerates high rates.',
  lion: 'It follows the sign of a mean of gradients, so every coordinate moves by the rate. Its only memory is that mean, and the newest gradient counts ten times as much for the direction as for what is remembered. It jitters in steps of the rate around the minimum.',
  ademamix:
    'It is Adam with a second mean that remembers thousands of gradients. Old gradients still count, so it holds a course for long. On short descents the slow mean has hardly begun.',
  adabound:
    'It is Adam whose steps are held between two bounds that close in on one rate. At the beginning it moves as Adam does, at the end as momentum does. The bounds depend on the number of steps, not on the surface.',
  rprop:
    'It remembers a step size for each coordinate and the sign of the last gradient. The size grows while the sign stays the same, and is halved when it changes. The length of the gradient has no say.',
  asgd: 'It takes the steps of SGD, and from step t₀ on remembers the mean of all places. The mean is what is wanted at the end: it lies where the noise cancels. The path that is drawn is that of the steps.',
  sophia:
    'It remembers a mean of gradients and an estimate of the curvature, divides one by the other, and cuts off what is longer than the rate. Flat directions get long steps, curved ones short steps. The cut keeps it from leaping where the estimate is bad.',
  prodigy:
    'It is Adam that finds its own rate: from how far it has come and how gradients agree with that way, it estimates how far the minimum is. The estimate starts tiny and only grows. So the first steps are hardly visible, and then it runs.',
  dAdaptAdam:
    'It is Adam with an estimate of the distance to the minimum in place of a rate. The estimate starts at a millionth and grows as long as gradients keep pointing the same way. Leave its rate at 1.',
  scheduleFreeSgd:
    'It remembers a second point that takes plain steps, and is itself a mean of where that point has been. Gradients are taken between the two. No schedule has to bring the rate down at the end.',
  scheduleFreeAdamW:
    'It is the schedule-free mean with Adam’s divisor for the steps of its second point. The mean is calm where the point is not. What is drawn is where gradients are taken.',
  lamb: 'It is Adam whose step is as long as a share of the weights’ own length. Far from the origin it strides, close to it it creeps. On these surfaces, whose minimum is often the origin, that looks strange; in a network it lets batches grow.',
  lars: 'It is momentum whose step is a share of the weights’ own length, whatever the gradient’s. Far from the origin it strides, close to it it creeps. It was made for batches of thousands.',
  novograd:
    'It divides the gradient of a whole weight by its norm before it enters the momentum. Both coordinates share one divisor, so the path keeps the gradient’s direction. The length of a step hardly depends on the slope.',
  muon: 'On matrices it makes the momentum orthogonal, so that no direction is left behind. A point of a plane is a vector, and for vectors it does as AdamW does. What is seen here is therefore how it trains biases.',
  adafactor:
    'It remembers means of squares by rows and columns of a matrix instead of each by itself. A point of a plane is a vector, which has them one by one. Its steps are cut to a share of the weights’ length.',
  soap: 'It is Adam in the axes of a preconditioner, which it learns from products of a matrix of gradients. A point of a plane is a vector, which has no such axes and keeps its own. Its mean of squares forgets fifty times as fast as Adam’s.',
  lbfgs:
    'It remembers its last steps and how the gradient changed along each, and estimates the curvature from them. Then it looks along one direction, evaluating the function until it finds a place that is low enough. In a smooth bowl ten steps are often enough; where gradients are noisy, its estimates are wrong.',
};

namespace LlmCascade.Students;

/// <summary>How the paper on Online Cascade Learning (arXiv 2402.04513) sets one student of its cascade; its tables 3 and 4.</summary>
/// <param name="CacheSize">After how many demonstrations the student is updated; the warm-up lasts ten updates of every student.</param>
/// <param name="LearningRate">The learning rate of its calibrator.</param>
/// <param name="Decay">The factor β: after n updates a keep is explored with probability β to the power n.</param>
/// <param name="CalibrationFactor">The factor b, from 0 to below 0.5: a keep tolerates an error of (0.5 − b) / (1 − b).</param>
/// <param name="NextCost">The cost c of the model that comes next, in units of a BERT-base.</param>
internal sealed record PaperStudent(int CacheSize, double LearningRate, double Decay, double CalibrationFactor, double NextCost);

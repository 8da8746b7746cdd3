using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using LlmCascade.Benchmarks;

var benchmarks = BenchmarkSwitcher.FromAssembly(typeof(Workload).Assembly);
if (args is ["--smoke"])
{
    // Once through everything, in this process: no project is generated and restored, so it is quick and works offline.
    var once = Job.Dry.WithToolchain(InProcessNoEmitToolchain.Instance);
    var summary = benchmarks.RunAllJoined(DefaultConfig.Instance.AddJob(once));
    return summary.Reports.IsEmpty || HasFailed(summary) ? 1 : 0;
}

if (args is ["--generated-texts", var folder])
{
    GeneratedTexts.Write(folder);
    return 0;
}

switch (args)
{
    case ["--by-turns", "fine-tuning"]:
        ByTurns.FineTuning();
        return 0;
    case ["--by-turns", "logistic-regression"]:
        await ByTurns.LogisticRegression();
        return 0;
    case ["--by-turns", "embeddings"]:
        ByTurns.Embeddings();
        return 0;
}

if (args is ["--vectors", var target])
{
    Retrieval.Write(target);
    return 0;
}

if (args is ["--retrieval", var vectors, var queries])
{
    Retrieval.Run(vectors, queries);
    return 0;
}

if (args is ["--repository", var journals])
{
    await Repositories.RunAsync(journals);
    return 0;
}

if (args is ["--kills", var kills, var journal])
{
    await Repositories.KillAsync(journal, int.Parse(kills, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["--recall", var translations, .. var models])
{
    Recall.Run(translations, models);
    return 0;
}

if (args is ["--linear-learner", var bits, .. var files])
{
    LinearLearner.Run(int.Parse(bits, CultureInfo.InvariantCulture), files);
    return 0;
}

return benchmarks.Run(args).Any(HasFailed) ? 1 : 0;

static bool HasFailed(Summary summary) =>
    summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success);

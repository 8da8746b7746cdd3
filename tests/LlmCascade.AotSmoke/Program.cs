using LlmCascade.AotSmoke;

// What a host does with the library, to be published with native AOT or trimmed and then run.
var checks = new Checks();
await ConfiguredCascade.CheckAsync(checks);
await NamedCascade.CheckAsync(checks);
await Requests.CheckAsync(checks);
await Middleware.CheckAsync(checks);
await OnlineLearning.CheckAsync(checks);
await LearnedStrategies.CheckAsync(checks);
await Ensembles.CheckAsync(checks);
await Stepwise.CheckAsync(checks);
await Mistakes.CheckAsync(checks);
return checks.Failed == 0 ? 0 : 1;

// Measures what finds the first wrong step of solutions:
//     dotnet run -c Release --project benchmarks/StepDetectors -- recorded
//     dotnet run -c Release --project benchmarks/StepDetectors -- asked --endpoint http://127.0.0.1:8080/v1 --model MODEL --cache REPLIES
//     dotnet run -c Release --project benchmarks/StepDetectors -- self --endpoint http://127.0.0.1:8080/v1 --model MODEL --cache REPLIES
// Recorded solutions are read from --streams, ../shared/streams beside the repository by default. Replies are kept in a folder, so that a second run
// needs no server. --questions says how many questions are drawn, --show tells findings one by one, and --json prints figures for programs.
using StepDetectors;

const int UsualAsked = 60;
const int UsualWritten = 30;
try
{
    var arguments = new Arguments(args);
    var streams = new Streams(arguments.Streams);
    if (arguments.Mode is not ("recorded" or "asked" or "self"))
    {
        Console.Error.WriteLine("Say what to measure: recorded, asked or self.");
        return 1;
    }

    if (streams.FindMissing() is { } missing)
    {
        Console.Error.WriteLine(missing);
        return 1;
    }

    var tables = await MeasureAsync(arguments, streams);
    Console.WriteLine(arguments.IsJson ? Report.AsJson(tables) : Report.AsText(tables));
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static async Task<IReadOnlyList<Table>> MeasureAsync(Arguments arguments, Streams streams)
{
    Action<string> found = arguments.Shows ? Console.Error.WriteLine : _ => { };
    var questions = streams.ReadLines();
    if (arguments.Mode == "recorded")
    {
        return [await FreeRun.MeasureAsync(streams, found), .. await LineRun.MeasureAsync(questions, found)];
    }

    var started = TimeProvider.System.GetTimestamp();
    using var server = new ModelServer(arguments.Endpoint, arguments.Model, arguments.Cache);
    var isAsked = arguments.Mode == "asked";

    // Two samples of their own, so that a larger one begins with a smaller one.
    var drawn = questions.Where(question => new Road(question).IsKnown).ToArray();
    new Random(isAsked ? 1 : 2).Shuffle(drawn);
    var sample = drawn[..Math.Min(arguments.QuestionsOr(isAsked ? UsualAsked : UsualWritten), drawn.Length)];
    var tables = isAsked ? await AskedRun.MeasureAsync(sample, questions, server.Checker) : await SelfRun.MeasureAsync(sample, server, found);
    var passed = TimeProvider.System.GetElapsedTime(started);
    Console.Error.WriteLine($"{server.Asked} requests in {passed.TotalSeconds:0} s");
    return tables;
}

using LlmCascade.Steps;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepBoundaryTests
{
    [Theory]
    [InlineData("one\ntwo\nthree", "one", "two", "three")]
    [InlineData("\n\n one \r\n\r\n \t\r\ntwo\r\n", "one", "two")]
    [InlineData("look:\n```python\na = 1\n\nb = 2\n```\ndone", "look:", "```python\na = 1\n\nb = 2\n```", "done")]
    [InlineData("~~~~\n~~~\n```\n~~~~\nb", "~~~~\n~~~\n```\n~~~~", "b")]
    [InlineData("```a``` and\n```b```\nc", "```a``` and", "```b```", "c")]
    [InlineData("```\nnever closed\nb", "```\nnever closed\nb")]
    [InlineData("  \n ")]
    [InlineData("")]
    public void A_line_is_a_step(string text, params string[] steps) => Assert.Equal(steps, StepBoundary.Line.Split(text));

    [Theory]
    [InlineData("Step 1: a\nb\nStep 2: c", "Step 1: a\nb", "Step 2: c")]
    [InlineData("1. a\n2. b\n10. c", "1. a", "2. b", "10. c")]
    [InlineData("1) a\n2) b", "1) a", "2) b")]
    [InlineData("(1) a\n(2) b", "(1) a", "(2) b")]
    [InlineData("**Step 1**\na\n**Step 2:** b\n### Step 3\nc", "**Step 1**\na", "**Step 2:** b", "### Step 3\nc")]
    [InlineData("**1.** a\n**2. b**", "**1.** a", "**2. b**")]
    [InlineData("Let me see.\n1. a\n2. b", "Let me see.\n1. a", "2. b")]
    [InlineData("1. a\n3.5 apples\n2. b", "1. a\n3.5 apples", "2. b")]
    [InlineData("Step 1: list\n1. x\n2. y\nStep 2: b", "Step 1: list\n1. x\n2. y", "Step 2: b")]
    [InlineData("1. Step back\n2. Step on", "1. Step back", "2. Step on")]
    [InlineData("Step 1: a\nStep 2 is next", "Step 1: a\nStep 2 is next")]
    [InlineData("2024. a\n(2019) b", "2024. a\n(2019) b")]
    [InlineData("no number", "no number")]
    public void A_number_begins_a_step(string text, params string[] steps) => Assert.Equal(steps, StepBoundary.Numbered.Split(text));

    [Theory]
    [InlineData("Thought: a\nAction: search\nAction Input: x\nObservation: found\nand more\nThought: b\nFinal Answer: 5", "Thought: a\nAction: search\nAction Input: x", "Thought: b\nFinal Answer: 5")]
    [InlineData("Thought 1: a\nAction 1: s[x]\nObservation 1: y\nThought 2: b\nAction 2: t[y]", "Thought 1: a\nAction 1: s[x]", "Thought 2: b\nAction 2: t[y]")]
    [InlineData("Thought: a\nThought: b", "Thought: a", "Thought: b")]
    [InlineData("I look.\nAction: s\nAction: t", "I look.\nAction: s", "Action: t")]
    [InlineData("Observation: x\nThought: a", "Thought: a")]
    [InlineData("**Thought:** a\n**Observation:** x\n**Thought:** b", "**Thought:** a", "**Thought:** b")]
    [InlineData("Thought: no observation: none here", "Thought: no observation: none here")]
    [InlineData("Thought: a\nObservation: x\ny", "Thought: a")]
    [InlineData("Observation: x")]
    public void A_thought_with_its_action_is_a_step(string text, params string[] steps) => Assert.Equal(steps, StepBoundary.ThoughtAction.Split(text));

    [Theory]
    [InlineData("It is 3.5 apples. That costs $2.50! Why? Yes", "It is 3.5 apples.", "That costs $2.50!", "Why?", "Yes")]
    [InlineData("Mr. Smith met Dr. J. Doe vs. No. 5 of St. Ives in the U.S. today. Done.", "Mr. Smith met Dr. J. Doe vs. No. 5 of St. Ives in the U.S. today.", "Done.")]
    [InlineData("Use a fruit, e.g. an apple, i.e. food. Then eat.", "Use a fruit, e.g. an apple, i.e. food.", "Then eat.")]
    [InlineData("He said \"go.\" (I went.) Then?! OK", "He said \"go.\"", "(I went.)", "Then?!", "OK")]
    [InlineData("**It is so.** Next", "**It is so.**", "Next")]
    [InlineData("一共五个。剩三个！对吗？对", "一共五个。", "剩三个！", "对吗？", "对")]
    [InlineData("他说「好。」然后走", "他说「好。」", "然后走")]
    [InlineData("1. Add. 2. Take away.", "1. Add.", "2. Take away.")]
    [InlineData("Wait… what", "Wait…", "what")]
    [InlineData("A title\n\nA text. An end.", "A title", "A text.", "An end.")]
    [InlineData("one\ntwo.\nthree", "one\ntwo.", "three")]
    [InlineData("So am I. You too.", "So am I.", "You too.")]
    public void A_sentence_is_a_step(string text, params string[] steps) => Assert.Equal(steps, StepBoundary.Sentence.Split(text));

    [Fact]
    public void A_tool_iteration_is_one_step()
    {
        Assert.Null(StepBoundary.ToolIteration.FindEnd("one\n\ntwo. three"));
        Assert.Equal(["one\n\ntwo"], StepBoundary.ToolIteration.Split(" one\n\ntwo\n"));
    }

    [Theory]
    [InlineData("\n\n", "a\nb\n\nc\n\n\n\nd", "a\nb", "c", "d")]
    [InlineData("<end>", "<end> a <end><end>b", "a", "b")]
    [InlineData(" ; ", "a ; b;c", "a", "b;c")]
    public void Any_text_may_stand_between_steps(string sequence, string text, params string[] steps)
    {
        var boundary = StepBoundary.StopSequence(sequence);

        Assert.Equal(steps, boundary.Split(text));
        Assert.Equal(sequence, boundary.Separator);
        Assert.Equal([sequence], boundary.StopSequences);
    }

    [Fact]
    public void Nothing_is_no_text_between_steps()
    {
        Assert.Throws<ArgumentNullException>(() => StepBoundary.StopSequence(null!));
        Assert.Throws<ArgumentException>(() => StepBoundary.StopSequence(""));
        Assert.Throws<ArgumentNullException>(() => StepBoundary.Line.Split(null!));
        Assert.Throws<ArgumentNullException>(() => StepBoundary.Line.FindEnd(null!));
    }

    [Fact]
    public void Every_boundary_has_its_own_id_and_tells_a_model_how_to_write()
    {
        StepBoundary[] all =
        [
            StepBoundary.Line, StepBoundary.Numbered, StepBoundary.ThoughtAction, StepBoundary.Sentence, StepBoundary.ToolIteration,
            StepBoundary.StopSequence("a"), StepBoundary.StopSequence("b"), StepBoundary.StopSequence("\n\n"),
        ];

        Assert.Equal(all.Length, all.Select(boundary => boundary.Id).Distinct().Count());
        Assert.All(all, boundary => Assert.NotEqual("", boundary.Instructions));
        Assert.All(all, boundary => Assert.DoesNotContain('\n', boundary.Instructions));
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("a\n", 1)]
    [InlineData("a\nb", 1)]
    [InlineData("\n\na", null)]
    [InlineData("\n\na\n", 3)]
    public void A_line_ends_where_its_break_is_seen(string text, int? end) => Assert.Equal(end, StepBoundary.Line.FindEnd(text));

    [Theory]
    [InlineData("1. a\n3.", null)]
    [InlineData("1. a\n3.5", null)]
    [InlineData("1. a\n3. ", 5)]
    public void A_number_begins_a_step_once_it_is_certain(string text, int? end) => Assert.Equal(end, StepBoundary.Numbered.FindEnd(text));

    [Theory]
    [InlineData("It is 3.", null)]
    [InlineData("It is 3.5", null)]
    [InlineData("It is 3. ", 8)]
    [InlineData("好。", null)]
    [InlineData("好。的", 2)]
    public void A_sentence_ends_once_it_is_certain(string text, int? end) => Assert.Equal(end, StepBoundary.Sentence.FindEnd(text));
}

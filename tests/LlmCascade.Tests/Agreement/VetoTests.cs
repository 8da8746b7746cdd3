using LlmCascade.Agreement;
using LlmCascade.Agreement.Measures;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class VetoTests
{
    [Theory]
    [InlineData("Yes.", "No.", true)]
    [InlineData("**Yes**, it is.", "No, it isn't.", true)]
    [InlineData("No it is not", "Yes it is", true)]
    [InlineData("Nein.", "Ja, klar.", true)]
    [InlineData("Oui", "Non", true)]
    [InlineData("Sí", "No", true)]
    [InlineData("Sì", "No", true)]
    [InlineData("是的，他会", "不，他不会", true)]
    [InlineData("はい、そうです", "いいえ、違います", true)]
    [InlineData("It took us long.\nAnswer: yes", "We looked.\nAnswer: no", true)]
    [InlineData("Yes", "Yes", false)]
    [InlineData("No", "No", false)]
    [InlineData("No problem, here it is", "Yes", false)]
    [InlineData("No one knows it", "Yes, they do", false)]
    [InlineData("No. 5 is open", "Yes", false)]
    [InlineData("Yesterday it was", "No", false)]
    [InlineData("対策がある", "不", false)]
    public async Task A_yes_stands_against_a_no(string first, string second, bool areOpposed) => await CheckPolarityAsync(first, second, areOpposed);

    [Theory]
    [InlineData("The shop is open on Sunday", "The shop is not open on Sunday", true)]
    [InlineData("It isn't allowed", "It is allowed", true)]
    [InlineData("It isn’t allowed", "It is allowed", true)]
    [InlineData("You can park here", "You can't park here", true)]
    [InlineData("You can park here", "You cannot park here", true)]
    [InlineData("It does work", "It does not work", true)]
    [InlineData("It floats and swims", "It neither floats nor swims", true)]
    [InlineData("Der Laden ist offen", "Der Laden ist nicht offen", true)]
    [InlineData("Il est ouvert", "Il n'est pas ouvert", true)]
    [InlineData("商店开门", "商店不开门", true)]
    [InlineData("食べる", "食べない", true)]
    [InlineData("You never can park here", "You cannot park here", false)]
    [InlineData("It is not impossible, no", "It is impossible", false)]
    [InlineData("The shop is open", "The post office does not deliver", false)]
    public async Task A_short_text_stands_against_one_that_denies_it(string first, string second, bool areOpposed) =>
        await CheckPolarityAsync(first, second, areOpposed);

    [Fact]
    public async Task Of_long_texts_nobody_can_tell_what_a_negation_is_of()
    {
        var words = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"word{(char)('a' + i % 26)}"));

        await CheckPolarityAsync(words, $"{words} not", areOpposed: false);
    }

    [Theory]
    [InlineData("I'm sorry, but I can't help with that.", true)]
    [InlineData("I’m sorry, but I can’t help with that.", true)]
    [InlineData("I cannot help with this request.", true)]
    [InlineData("As an AI language model, I cannot predict that.", true)]
    [InlineData("I don't know.", true)]
    [InlineData("I do not know the answer to that.", true)]
    [InlineData("I'm unable to provide that information.", true)]
    [InlineData("Sorry, I can't do that.", true)]
    [InlineData("Unfortunately, I do not have access to real-time data.", true)]
    [InlineData("Ich kann dir dabei leider nicht helfen.", true)]
    [InlineData("Es tut mir leid, aber ich kann das nicht beantworten.", true)]
    [InlineData("Je suis désolé, mais je ne peux pas répondre à cette question.", true)]
    [InlineData("Lo siento, pero no puedo ayudarte con eso.", true)]
    [InlineData("Mi dispiace, ma non posso aiutarti.", true)]
    [InlineData("抱歉，我无法回答这个问题。", true)]
    [InlineData("申し訳ありませんが、お答えできません。", true)]
    [InlineData("I'm sorry to hear that. Try restarting it.", false)]
    [InlineData("Sorry for the delay, your parcel is at counter 7", false)]
    [InlineData("I can't recommend it enough!", false)]
    [InlineData("I cannot stress enough that you should save.", false)]
    [InlineData("I don't know, but I think it is 5.", false)]
    [InlineData("Unfortunately, the shop is closed.", false)]
    [InlineData("As an AI researcher she won a prize.", false)]
    [InlineData("As an AI, I think the answer is 5.", false)]
    [InlineData("Ich kann das nicht glauben, es sind 5!", false)]
    [InlineData("Leider ist der Laden zu.", false)]
    [InlineData("Paris", false)]
    [InlineData("", false)]
    public async Task A_refusal_stands_against_an_answer(string text, bool isRefusal)
    {
        Assert.Equal(isRefusal, Refusal.Is(text));
        Assert.Equal(isRefusal ? 0 : null, await Pair.MeasureAsync(SimilarityMeasure.RefusalAgainstAnswer, text, "It is at counter 7."));
        Assert.Equal(isRefusal ? null : 0, await Pair.MeasureAsync(SimilarityMeasure.RefusalAgainstAnswer, text, "I can't help with that."));
    }

    [Fact]
    public async Task Answers_with_labels_say_what_they_say_by_them()
    {
        var labels = new LabelSpace("left", "right");
        var (yes, no) = (Labelled("Yes."), Labelled("No."));

        Assert.Null(await Pair.MeasureAsync(SimilarityMeasure.OppositePolarity, yes, no));
        Assert.Equal(1, await Pair.MeasureAsync(SimilarityMeasure.Default, yes, no));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.OppositePolarity, yes, Pair.Answer("No.")));

        Generation Labelled(string text) => Pair.Answer(text) with { Labels = LabelDistribution.Certain(labels, "left") };
    }

    private static async Task CheckPolarityAsync(string first, string second, bool areOpposed) =>
        Assert.Equal(areOpposed ? 0 : null, await Pair.MeasureAsync(SimilarityMeasure.OppositePolarity, first, second));
}

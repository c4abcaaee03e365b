"""Names and phones of the bench's patients: the same for loading and for asking."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
FIRST = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红飞鑫波斌宇浩凯健俊帆雪琳云婷晨"
SECOND = "华明东文辉建国玲梅兰珍莉桂生安宁康泰和悦欣怡佳慧思雨梓涵子轩一诺天翔海燕春晓林峰志远嘉"


def name_of(number: int) -> str:
    """Return the name of patient number so-and-so: about 25 000 different ones."""
    a, b, c = number % len(SURNAMES), number // len(SURNAMES) % len(FIRST), number // 7 % 7
    return SURNAMES[a] + FIRST[b] + SECOND[c]


def phone_of(number: int) -> str:
    return f"154{number * 7_368_787 % 100_000_000:08d}"
